import { SESv2Client } from "@aws-sdk/client-sesv2";
import { sesMail } from "../../../shared/aws/ses-mail.ts";
import { env } from "../env.ts";

const from = process.env.MAIL_FROM;

/** SES is asked once: whoever asks twice may send twice. The queue tries again. Absent where the stage sends no mail. */
export const mail = from ? sesMail(new SESv2Client({ maxAttempts: 1 }), from, env("MAIL_SETTINGS").MAIL_SETTINGS) : undefined;
