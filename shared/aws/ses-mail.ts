import { type SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { Mail } from "../ports.ts";

/** Plain text, from the plan's address, by the stage's settings of SES. */
export const sesMail = (client: SESv2Client, from: string, settings: string): Mail => ({
  async send({ to, subject, text }) {
    await client.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        ConfigurationSetName: settings,
        Content: {
          Simple: { Subject: { Data: subject, Charset: "UTF-8" }, Body: { Text: { Data: text, Charset: "UTF-8" } } },
        },
      }),
    );
  },
});
