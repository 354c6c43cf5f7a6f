import { z } from "zod";
import { read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

/** More than a node announces; each is a line of text. */
const ADDRESSES = z.array(z.string().max(512)).max(32);
const PREVIEW = z.strictObject({ chainFile: z.string() });
const NEW_PEER = z.strictObject({ chainFile: z.string(), addresses: ADDRESSES });
const NEW_ADDRESSES = z.strictObject({ addresses: ADDRESSES });

type OnePeer = { Params: { peer: string } };

export const peerRoutes: RegisterRoutes = (api, { service }) => {
  api.get("/v1/peers", () => service.peers());

  api.get("/v1/pending-peers", () => service.pendingPeers());

  api.get<OnePeer>("/v1/peers/:peer", (request) => service.peer(request.params.peer));

  api.get<OnePeer>("/v1/peers/:peer/examination", (request) => service.examinePeer(request.params.peer));

  api.post("/v1/peers/preview", (request) => service.previewPeer(read(PREVIEW, request.body).chainFile));

  api.post("/v1/peers", (request) => {
    const { chainFile, addresses } = read(NEW_PEER, request.body);
    return service.addPeer(chainFile, addresses, request.operator);
  });

  api.put<OnePeer>("/v1/peers/:peer/addresses", (request) =>
    service.setPeerAddresses(request.params.peer, read(NEW_ADDRESSES, request.body).addresses),
  );

  api.delete<OnePeer>("/v1/peers/:peer", (request) => service.removePeer(request.params.peer, request.operator));
};
