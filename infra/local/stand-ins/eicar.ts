/** The harmless test file that every scanner calls a virus; in two parts, so that none takes this file for one. */
const signature = Buffer.from(["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join(""), "latin1");

/** The name of the threat in a stream of bytes, wherever it lies, chunk borders included; in constant memory. */
export const findThreat = async (bytes: AsyncIterable<Uint8Array>): Promise<string | undefined> => {
  let tail = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const border = Buffer.concat([tail, buffer.subarray(0, signature.length - 1)]);
    if (border.includes(signature) || buffer.includes(signature)) return "EICAR-Test-File";
    const last = signature.length - 1;
    tail = buffer.length >= last ? Buffer.from(buffer.subarray(-last)) : Buffer.from(border.subarray(-last));
  }
  return undefined;
};
