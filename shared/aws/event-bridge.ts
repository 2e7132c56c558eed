import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { Bus } from "../ports.ts";

/** Publishes a request's event as it stands in the history. Only an entry with an id was taken. */
export function eventBridgeBus(client: EventBridgeClient, busName: string): Bus {
  return {
    async publish(event) {
      const answer = await client.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: busName,
              Source: "prior-authorization",
              DetailType: event.type,
              Detail: JSON.stringify(event),
              Time: new Date(event.at),
            },
          ],
        }),
      );
      return answer.Entries?.[0]?.EventId !== undefined;
    },
  };
}
