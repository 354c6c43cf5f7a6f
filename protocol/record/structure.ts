import { z } from "zod";

// What bodies are made of, for those who walk through one along its schema.

/** The schema of the value under `key` of a map, `undefined` where the map does not know the key. */
export function fieldSchema(map: z.core.$ZodType, key: string): z.core.$ZodType | undefined {
  const schema = unwrapped(map);
  if (schema instanceof z.ZodRecord) return unwrapped(schema.valueType);
  if (!(schema instanceof z.ZodObject) || !Object.hasOwn(schema.shape, key)) return undefined;
  const field: unknown = schema.shape[key];
  return field instanceof z.ZodType ? unwrapped(field) : undefined;
}

/** The keys of a map; none for anything else. */
export function fieldKeys(map: z.core.$ZodType): readonly string[] {
  const schema = unwrapped(map);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schema of the items of a list, `undefined` for anything else. */
export function itemSchema(list: z.core.$ZodType): z.core.$ZodType | undefined {
  const schema = unwrapped(list);
  return schema instanceof z.ZodArray ? unwrapped(schema.element) : undefined;
}

/** Without what says that it may be left out, and without what looks at the value before. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodExactOptional) return unwrapped(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrapped(schema.out) : schema;
}
