import { extend } from "../../shared/domain/transitions/extend.ts";
import { endpoint } from "../lib/endpoint.ts";
import { reviewed } from "../lib/reviewed.ts";

export const handler = endpoint("extendRequest", (call) => reviewed(call, extend, call.body));
