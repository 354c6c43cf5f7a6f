import fastify from "fastify";

/** Judges JSON by a schema, as a program of another make would: by the validator of the web framework, which knows nothing of our types. */
export type SchemaJudge = {
  /** Why the value is refused, empty where it is accepted. */
  judge(name: string, value: unknown): Promise<string>;
  close(): Promise<void>;
};

/** For schemas by name. */
export async function createSchemaJudge(
  schemas: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Promise<SchemaJudge> {
  const options = { removeAdditional: false, coerceTypes: false, useDefaults: false, allErrors: false } as const;
  const app = fastify({ bodyLimit: 8 * 1024 * 1024, ajv: { customOptions: options } });
  for (const [name, { $schema: _, ...schema }] of schemas)
    app.post(`/${name}`, { schema: { body: schema } }, () => ({ accepted: true }));
  await app.ready();
  return {
    async judge(name, value) {
      const headers = { "content-type": "application/json" };
      const answer = await app.inject({ method: "POST", url: `/${name}`, headers, payload: JSON.stringify(value) });
      return answer.statusCode === 200 ? "" : answer.body;
    },
    close: () => app.close(),
  };
}
