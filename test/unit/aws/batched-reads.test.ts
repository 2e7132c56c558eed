import type { BatchGetItemCommandInput } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { batchedReads } from "../../../shared/aws/batched-reads.ts";
import { dynamoDirectory } from "../../../shared/aws/dynamo-directory.ts";
import { dynamoMembers } from "../../../shared/aws/dynamo-members.ts";
import { dynamoRestores } from "../../../shared/aws/dynamo-restores.ts";
import { npis } from "../../builders.ts";

test("what a submission asks at its start travels as one call, and as none while it is fresh", async () => {
  const calls: number[] = [];
  const dynamo = {
    send: async ({ input }: { input: BatchGetItemCommandInput }) => {
      calls.push(input.RequestItems?.desk?.Keys?.length ?? 0);
      return { Responses: { desk: [] } };
    },
  };
  const read = batchedReads(dynamo as never, "desk");
  const directory = dynamoDirectory(read);
  const members = dynamoMembers(read, (memberId) => `sealed ${memberId}`);
  const restores = dynamoRestores(dynamo as never, "desk", read);
  const ask = () => Promise.all([directory.lookUp([npis.dayton, npis.miamiValley]), members.find("10487654321"), restores.epoch()]);
  await ask();
  expect(calls).toEqual([4]);
  await ask();
  expect(calls).toEqual([4]);
});
