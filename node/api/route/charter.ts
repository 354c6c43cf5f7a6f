import type { RegisterRoutes } from "../route.ts";

export const charterRoutes: RegisterRoutes = (api, { service }) => {
  api.get("/v1/charter", () => service.showCharter());

  api.get("/v1/charter/chain", async () => ({ chainFile: await service.exportCharter() }));
};
