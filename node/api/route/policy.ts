import type { RegisterRoutes } from "../route.ts";

export const policyRoutes: RegisterRoutes = (api, { service }) => {
  api.get("/v1/policy", () => service.policy());

  // What a policy is, the service judges.
  api.put("/v1/policy", (request) => service.setPolicy(request.body, request.operator));
};
