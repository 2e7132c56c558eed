import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { eventBridgeBus } from "../../../shared/aws/event-bridge.ts";
import { env } from "../env.ts";

export const bus = eventBridgeBus(new EventBridgeClient(), env("BUS_NAME").BUS_NAME);
