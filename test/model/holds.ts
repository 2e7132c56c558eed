class Broken extends Error {
  override readonly name = "Broken";
}

/** @throws when the law is broken */
export const holds = (isSo: boolean, law: string): void => {
  if (!isSo) throw new Broken(law);
};
