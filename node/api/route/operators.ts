import { z } from "zod";
import { read } from "../read.ts";
import type { RegisterRoutes } from "../route.ts";

const OPERATOR = z.strictObject({ name: z.string().max(64) });

export const operatorRoutes: RegisterRoutes = (api, { service }) => {
  api.post("/v1/operators", (request) => service.addOperator(read(OPERATOR, request.body).name));
};
