import type { RequestEvent } from "../../shared/domain/events.ts";
import { sendNotice } from "../../shared/use-cases/send-notice.ts";
import { consumer } from "../lib/consumer.ts";
import { clock } from "../lib/deps/clock.ts";
import { mail } from "../lib/deps/mail.ts";
import { mailLog } from "../lib/deps/mail-log.ts";
import { requests } from "../lib/deps/requests.ts";
import { env } from "../lib/env.ts";

const { API_URL: apiUrl } = env("API_URL");
const desk = process.env.DESK_EMAIL || null;

export const handler = consumer<RequestEvent>("send-notice", ({ detail }) =>
  sendNotice({ requests, mail, mailLog, clock, apiUrl, desk }, detail),
);
