import type { RequestEvent } from "../../shared/domain/events.ts";
import { writeNotices } from "../../shared/use-cases/write-notice.ts";
import { consumer } from "../lib/consumer.ts";
import { clock } from "../lib/deps/clock.ts";
import { noticePrinter as printer } from "../lib/deps/notice-printer.ts";
import { noticeRecords as records } from "../lib/deps/notice-records.ts";
import { policies } from "../lib/deps/policies.ts";
import { requests } from "../lib/deps/requests.ts";

export const handler = consumer<RequestEvent>("write-notice", ({ detail }) =>
  writeNotices({ requests, clock, policies, printer, records }, detail),
);
