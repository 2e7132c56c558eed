import { judgeExpedite } from "../../shared/domain/transitions/expedite.ts";
import { endpoint } from "../lib/endpoint.ts";
import { reviewed } from "../lib/reviewed.ts";

export const handler = endpoint("judgeExpedite", (call) => reviewed(call, judgeExpedite, call.body));
