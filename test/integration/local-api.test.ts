import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLocalApi } from "../../node/api/local-api.ts";
import { silentLogger } from "../../node/logger.ts";
import type { LogFields } from "../../node/logger.ts";
import { createFakeNode } from "../support/fake-node.ts";
import type { FakeNode } from "../support/fake-node.ts";
import { createFakeService } from "../support/fake-service.ts";

type Answer = { readonly status: number | undefined; readonly headers: Record<string, unknown>; readonly text: string };
type Ask = {
  readonly method?: string;
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
};

let node: FakeNode;
beforeEach(async () => {
  node = await createFakeNode();
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

function ask(
  path: string,
  { method = "GET", token = "anna-token", headers = {}, body }: Ask = {},
  socketPath = node.socketPath,
): Promise<Answer> {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { socketPath, path, method, agent: false, headers: { ...authorization, ...headers } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
        answer.on("error", reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function postJson(path: string, value: unknown, method = "POST"): Promise<Answer> {
  return ask(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(value) });
}

function lines({ text }: Answer): Record<string, unknown>[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line): Record<string, unknown> => JSON.parse(line));
}

const RECORD = { type: "alert", version: 1, body: {}, refs: [], to: ["baua.de"], parts: [] };

describe("who acts", () => {
  it.each([
    ["no token", null],
    ["an unknown token", "guess"],
    ["an endless token", "x".repeat(5000)],
  ])("is asked for on every route: %s", async (_case, token) => {
    for (const path of ["/v1/status", "/v1/nothing"]) {
      const answer = await ask(path, { token });
      expect(answer.status).toBe(401);
      expect(answer.headers["www-authenticate"]).toBe("Bearer");
      expect(JSON.parse(answer.text)).toMatchObject({
        code: "UNAUTHORISED",
        hint: expect.stringContaining("--token-file"),
      });
    }
  });

  it("is told before the body is read", async () => {
    const answer = await ask("/v1/parts?name=a&type=text/plain", {
      method: "POST",
      token: null,
      headers: { "content-type": "application/octet-stream", "content-length": "5" },
      body: "hello",
    });
    expect(answer.status).toBe(401);
    expect(node.service.staged.size).toBe(0);
  });

  it("is the operator whose token it was", async () => {
    await postJson("/v1/entries", RECORD);
    expect(node.service.published).toMatchObject([{ operator: "anna" }]);
  });
});

describe("routes", () => {
  it("answer with what the service says", async () => {
    expect(JSON.parse((await ask("/v1/status")).text)).toEqual(await node.service.status());
    expect(JSON.parse((await ask("/v1/logs")).text)).toEqual(await node.service.logs());
    expect(JSON.parse((await ask("/v1/charter")).text)).toEqual(await node.service.showCharter());
    expect(JSON.parse((await ask("/v1/charter/chain")).text)).toEqual({
      chainFile: await node.service.exportCharter(),
    });
    expect(JSON.parse((await ask("/v1/peers")).text)).toEqual(await node.service.peers());
    expect(JSON.parse((await ask("/v1/pending-peers")).text)).toEqual(await node.service.pendingPeers());
    expect(JSON.parse((await ask("/v1/entries?limit=2")).text)).toMatchObject({ next: "2" });
    expect(JSON.parse((await ask("/v1/entries/nvwa.nl%3A12")).text)).toMatchObject({ entry: "nvwa.nl:12" });
    expect(JSON.parse((await ask("/v1/entries/nvwa.nl%2F3%3A0/thread")).text)[0]).toMatchObject({
      entry: { entry: "nvwa.nl/3:0" },
    });
  });

  it("take the longest entry there can be", async () => {
    const entry = `${"a".repeat(60)}.nl/9007199254740991:9007199254740991`;
    expect(JSON.parse((await ask(`/v1/entries/${encodeURIComponent(entry)}/thread`)).text)[0].entry.entry).toBe(entry);
  });

  it.each([
    ["NOT_FOUND", 404, () => ask("/v1/entries/nvwa.nl%3A999")],
    ["INVALID", 400, () => postJson("/v1/operators", { name: "Bad Name" })],
    ["INVALID", 400, () => postJson("/v1/operators", {})],
    ["INVALID", 400, () => postJson("/v1/entries", { ...RECORD, surprise: 1 })],
    ["INVALID", 400, () => ask("/v1/entries?limit=0")],
    ["NOT_TRUSTED", 403, () => postJson("/v1/entries", { ...RECORD, to: ["nobody.example"] })],
    ["PART_NOT_HELD", 409, () => ask("/v1/entries/nvwa.nl%3A12/parts/1")],
    ["NOT_ADDRESSED", 403, () => ask("/v1/entries/nvwa.nl%3A12/parts/1/fetch", { method: "POST" })],
    ["NO_SUCH_ROUTE", 404, () => ask("/v1/secrets")],
    [
      "BODY_MALFORMED",
      400,
      () => ask("/v1/entries", { method: "POST", headers: { "content-type": "application/json" }, body: "{" }),
    ],
    [
      "BODY_MALFORMED",
      400,
      () => ask("/v1/entries", { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" }),
    ],
    ["BODY_TOO_LARGE", 413, () => postJson("/v1/peers/preview", { chainFile: "x".repeat(8 * 1024 * 1024) })],
  ])("say %s as %i", async (code, status, asking) => {
    const answer = await asking();
    expect(JSON.parse(answer.text)).toMatchObject({ code, message: expect.any(String) });
    expect(answer.status).toBe(status);
  });

  it("show nobody the inside of an unexpected error, and log it under an id", async () => {
    const logged: LogFields[] = [];
    const log = { ...silentLogger, error: (fields: LogFields) => void logged.push(fields) };
    const socketPath = join(node.dataDir, "other", "s.sock");
    const service = createFakeService();
    service.onPublish = () => {
      throw new TypeError("secret of the inside");
    };
    const api = await createLocalApi({ service, socketPath, log, stop: () => undefined });
    const body = JSON.stringify(RECORD);
    const answer = await ask(
      "/v1/entries",
      { method: "POST", headers: { "content-type": "application/json" }, body },
      socketPath,
    );
    await api.close();
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("secret");
    expect(JSON.parse(answer.text)).toMatchObject({
      code: "INTERNAL",
      hint: expect.stringContaining(String(logged[0]?.["id"])),
    });
  });

  it("stop the node after they have answered", async () => {
    expect((await ask("/v1/stop", { method: "POST" })).status).toBe(202);
    await expect.poll(() => node.stops()).toBe(1);
  });
});

describe("a part", () => {
  const upload = (body: Buffer, query: string): Promise<Answer> =>
    ask(`/v1/parts?${query}`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream", "content-length": String(body.length) },
      body,
    });

  it("goes in as a stream of any bytes", async () => {
    const bytes = randomBytes(3_000_000);
    const answer = await upload(bytes, new URLSearchParams({ name: "Foto é.jpg", type: "image/jpeg" }).toString());
    const { staged } = JSON.parse(answer.text);
    expect(node.service.staged.get(staged)).toEqual({ name: "Foto é.jpg", type: "image/jpeg", bytes });
  });

  it("may be empty", async () => {
    expect((await upload(Buffer.alloc(0), "name=&type=text/plain")).status).toBe(200);
  });

  it("is refused with its reason while it is still being sent", async () => {
    const answer = await upload(randomBytes(3_000_000), "name=refused.bin&type=text/plain");
    expect(answer.status).toBe(507);
  });

  it("needs its length beforehand, within bounds", async () => {
    const headers = { "content-type": "application/octet-stream" };
    expect(
      (
        await ask("/v1/parts?name=a&type=b/c", {
          method: "POST",
          headers: { ...headers, "transfer-encoding": "chunked" },
          body: "x",
        })
      ).status,
    ).toBe(411);
    const tooLong = await ask("/v1/parts?name=a&type=b/c", {
      method: "POST",
      headers: { ...headers, "content-length": "99999999999" },
    }).catch((error: unknown) => error);
    expect(tooLong).toMatchObject({ status: 413 });
  });

  it("comes out with its name, type and length", async () => {
    const { text, headers } = await ask("/v1/entries/nvwa.nl%3A12/parts/0");
    expect(text).toBe("hello");
    expect(headers).toMatchObject({
      "content-type": "image/jpeg",
      "content-length": "5",
      "entente-part-name": "..%2F%C3%A9trange%E2%80%AE.jpg",
    });
  });
});

describe("what takes long", () => {
  it("tells how far it is, as often as an eye can follow, and ends with the result", async () => {
    const all = lines(await ask("/v1/logs/baua.de/verify", { method: "POST" }));
    expect(all.at(-1)).toMatchObject({ result: { log: "baua.de", size: 2000 } });
    expect(all.slice(0, -1).every((line) => "progress" in line)).toBe(true);
    expect(all.length).toBeLessThan(10);
  });

  it("fails with a status before the first line, and with a line after it", async () => {
    expect((await ask("/v1/logs/nobody.example/verify", { method: "POST" })).status).toBe(404);
    const answer = await ask("/v1/logs/breaks.example/verify", { method: "POST" });
    expect(answer.text).not.toContain("secret");
    expect(lines(answer).at(-1)).toMatchObject({ error: { code: "INTERNAL" } });
  });

  it("sends the files of a proof in pieces", async () => {
    const bytes = randomBytes(150_000);
    node.service.proofFiles = [
      { path: "leaf.cbor", bytes: bytes.subarray(0, 49_152) },
      { path: "leaf.cbor", bytes: bytes.subarray(49_152) },
      { path: "empty", bytes: new Uint8Array() },
    ];
    const all = lines(await ask("/v1/entries/nvwa.nl%3A12/proof?parts=0,2"));
    expect(all[0]).toEqual({ file: { path: "leaf.cbor" } });
    const data = all.slice(1, 5).map((line) => Buffer.from(String(line["data"]), "base64"));
    expect(Buffer.concat(data).equals(bytes)).toBe(true);
    expect(all[5]).toEqual({ file: { path: "empty" } });
    expect(all.at(-1)).toEqual({ result: { files: 3 } });
    expect(lines(await ask("/v1/entries/nvwa.nl%3A12/proof?parts=")).at(-1)).toEqual({ result: { files: 3 } });
    expect(lines(await ask("/v1/logs/nvwa.nl/proof?parts=none")).at(-1)).toEqual({ result: { files: 3 } });
    expect((await ask("/v1/entries/nvwa.nl%3A12/proof?parts=1,x")).status).toBe(400);
  });
});

describe("the socket", () => {
  const serve = (socketPath: string): ReturnType<typeof createLocalApi> =>
    createLocalApi({ service: createFakeService(), socketPath, log: silentLogger, stop: () => undefined });

  it("is for its owner alone, and gone when the node has ended", async () => {
    expect((await stat(node.socketPath)).mode & 0o777).toBe(0o600);
    expect((await stat(join(node.dataDir, "run"))).mode & 0o777).toBe(0o700);
    await node.stop();
    await expect(stat(node.socketPath)).rejects.toThrow("ENOENT");
  });

  it("closes a directory that stood open", async () => {
    const dir = join(node.dataDir, "open");
    await mkdir(dir);
    await chmod(dir, 0o755);
    const api = await serve(join(dir, "s.sock"));
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    await api.close();
  });

  it("is not taken from a node that answers", async () => {
    await expect(serve(node.socketPath)).rejects.toMatchObject({ code: "SOCKET_IN_USE" });
  });

  it("is taken from one that was killed", async () => {
    const path = join(node.dataDir, "run", "dead.sock");
    const server = await listen(path);
    // What a killed process leaves: the file, and nobody behind it.
    const dead = join(node.dataDir, "run", "left.sock");
    await link(path, dead);
    await new Promise((resolve) => server.close(resolve));
    const api = await serve(dead);
    expect((await ask("/v1/status", {}, dead)).status).toBe(200);
    await api.close();
  });

  it("never takes the place of a file", async () => {
    const path = join(node.dataDir, "precious");
    await writeFile(path, "data");
    await expect(serve(path)).rejects.toMatchObject({ code: "SOCKET_UNSAFE" });
  });
});

function listen(path: string): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(path, () => resolve(server)));
}
