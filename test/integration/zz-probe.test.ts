import { afterAll, it } from "vitest";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { removeNodes, startFederation } from "../support/nodes.ts";
afterAll(removeNodes);
it("times", { timeout: 200000 }, async () => {
  let t = performance.now(); const lap = (w: string) => { const n = performance.now(); console.log(w, Math.round(n - t), process.cpuUsage().user / 1e6); t = n; };
  const [a, b] = await startFederation("nvwa.nl", "baua.de"); lap("fed");
  if (!a || !b) return;
  await b.kill();
  const client = await a.client();
  const text = "x".repeat(2000);
  const publish = async (n: number) => {
    const parts = [];
    if (n % 50 === 0) { const c = randomBytes(300_000); parts.push({ kind: "attachment", staged: (await client.stage({ name: "f", type: "application/octet-stream", length: c.length }, Readable.from([c]))).staged }); }
    await client.publish({ type: "follow-up", version: 1, body: { answers: 0, outcome: "not-found", text: { en: text + n } }, refs: ["nvwa.nl:0"], to: ["baua.de"], parts });
  };
  for (let n = 0; n < 3000; n += 50) await Promise.all(Array.from({ length: 50 }, (_, i) => publish(n + i)));
  lap("published 3000");
  await b.start(); lap("start");
  const c = await b.client(); const seen: [number, number, number][] = []; const s = performance.now();
  for (;;) { const l = (await c.logs()).find((x) => x.name === "nvwa.nl"); if (!l) break; const p = seen.at(-1); if (!p || p[1] !== l.size || p[2] !== l.missingParts) seen.push([Math.round(performance.now() - s), l.size, l.missingParts]); if (l.size >= 3000 && l.missingParts === 0) break; }
  console.log(seen.map((x) => x.join(":")).join(" ")); lap("caught up");
});
