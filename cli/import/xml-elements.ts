import { createReadStream } from "node:fs";
import { SaxesParser } from "saxes";
import { CliError } from "../cli-error.ts";
import { fileError } from "../fs-error.ts";
import { MAX_IMPORT_FILE, MAX_XML_DEPTH, MAX_XML_TOKEN } from "../limits.ts";

/** What a document consists of, in its order; comments, attributes and processing instructions are passed over. */
export type XmlEvent =
  | { readonly kind: "open"; readonly name: string; readonly line: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "close" };

/**
 * Reads an XML document in UTF-8 piece by piece. It takes no document type declaration, hence no entities but the five of
 * XML, and holds no more than a piece of the file and one text. Whatever it does not like is a `CliError` (`FILE`) that names
 * line and column.
 */
export async function* readXml(path: string): AsyncGenerator<XmlEvent> {
  const reader = new XmlReader(path);
  const file = createReadStream(path);
  try {
    for await (const chunk of file) yield* reader.take(chunk);
    yield* reader.end();
  } catch (error) {
    fileError(path)(error);
  } finally {
    file.destroy();
  }
}

class XmlReader {
  readonly #path: string;
  readonly #parser = new SaxesParser();
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #events: XmlEvent[] = [];
  #depth = 0;
  #bytes = 0;
  /** Characters since the parser last came to the end of something. */
  #pending = 0;

  constructor(path: string) {
    this.#path = path;
    const parser = this.#parser;
    parser.on("error", (error) =>
      this.#refuse(`not well-formed: ${error.message.replaceAll(/^[0-9]+:[0-9]+: |\.$/g, "")}`),
    );
    parser.on("doctype", () => this.#refuse("a document type declaration is not taken"));
    parser.on("xmldecl", ({ encoding = "utf-8" }) => {
      if (!/^(?:utf-8|us-ascii)$/i.test(encoding)) this.#refuse(`the encoding ${encoding} is not taken`);
    });
    parser.on("opentagstart", ({ name }) => this.#open(name));
    parser.on("closetag", () => this.#close());
    parser.on("text", (text) => this.#push({ kind: "text", text }));
    parser.on("cdata", (text) => this.#push({ kind: "text", text }));
    parser.on("comment", () => (this.#pending = 0));
    parser.on("processinginstruction", () => (this.#pending = 0));
  }

  take(chunk: Uint8Array): readonly XmlEvent[] {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_IMPORT_FILE) this.#refuse(`the file is longer than ${MAX_IMPORT_FILE} bytes`);
    const text = this.#decode(chunk);
    this.#pending += text.length;
    this.#parser.write(text);
    if (this.#pending > MAX_XML_TOKEN)
      this.#refuse(`a text, comment or tag is longer than ${MAX_XML_TOKEN} characters`);
    return this.#taken();
  }

  end(): readonly XmlEvent[] {
    this.#decode();
    this.#parser.close();
    return this.#taken();
  }

  #taken(): readonly XmlEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #open(name: string): void {
    if (++this.#depth > MAX_XML_DEPTH) this.#refuse(`more than ${MAX_XML_DEPTH} elements in one another`);
    this.#push({ kind: "open", name, line: this.#parser.line });
  }

  #close(): void {
    this.#depth--;
    this.#push({ kind: "close" });
  }

  #push(event: XmlEvent): void {
    this.#pending = 0;
    this.#events.push(event);
  }

  #decode(chunk?: Uint8Array): string {
    try {
      return chunk === undefined ? this.#decoder.decode() : this.#decoder.decode(chunk, { stream: true });
    } catch {
      return this.#refuse("not UTF-8 after this place");
    }
  }

  #refuse(reason: string): never {
    const { line, column } = this.#parser;
    throw new CliError(
      "FILE",
      `${this.#path}, line ${line}, column ${column + 1}: ${reason}`,
      "what stands before it went in; mend the file or get it anew, and repeat the import",
    );
  }
}
