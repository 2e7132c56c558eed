/**
 * What an answer depends on, as a tree over facts that may have one of a few values. A fact is branched over only where the decision
 * asks for it: what it never asked for cannot matter. Branches that lead to the same are one, and a fact that tells nothing has none.
 */
export type Tree<Answer> =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly fact: number; readonly branches: readonly Tree<Answer>[] };

/** A decision on facts as they are chosen now, and which of them it asked for: one bit for each. */
export type Decided<Answer> = { readonly answer: Answer; readonly asked: number };

export type Trees<Answer> = {
  /** @param decide with every open fact at its first value, until another is chosen */
  readonly grown: (decide: () => Decided<Answer>, choose: (fact: number, value: number) => void) => Tree<Answer>;
};

/** Trees that are grown together share what is the same in them: they answer alike just when their `id` is the same. */
export function treesOver<Answer>(sizes: readonly number[]): Trees<Answer> {
  const known = new Map<string, Tree<Answer>>();
  const one = (name: string, made: (id: number) => Tree<Answer>): Tree<Answer> => {
    const before = known.get(name);
    if (before) return before;
    const tree = made(known.size);
    known.set(name, tree);
    return tree;
  };

  return {
    grown(decide, choose) {
      const grow = (decided: Decided<Answer>, settled: number): Tree<Answer> => {
        const open = decided.asked & ~settled;
        if (open === 0) return one(JSON.stringify(decided.answer), (id) => ({ id, answer: decided.answer }));
        const fact = 31 - Math.clz32(open & -open);
        const branches: Tree<Answer>[] = [];
        for (let value = 0; value < (sizes[fact] ?? 0); value += 1) {
          choose(fact, value);
          branches.push(grow(value === 0 ? decided : decide(), settled | (1 << fact)));
        }
        choose(fact, 0);
        const [first] = branches;
        if (first && branches.every((branch) => branch === first)) return first;
        return one(`${fact}:${branches.map(({ id }) => id).join()}`, (id) => ({ id, fact, branches }));
      };
      return grow(decide(), 0);
    },
  };
}

/** The facts that a tree branches over, anywhere in it. */
export function factsIn<Answer>(tree: Tree<Answer>, found = new Set<number>(), seen = new Set<number>()): ReadonlySet<number> {
  if (!("fact" in tree) || seen.has(tree.id)) return found;
  seen.add(tree.id);
  found.add(tree.fact);
  for (const branch of tree.branches) factsIn(branch, found, seen);
  return found;
}

/** The answers of the other tree wherever they are not those of the first. */
export function changesFrom<Answer>(
  first: Tree<Answer>,
  other: Tree<Answer>,
  found = new Set<Answer>(),
  seen = new Set<string>(),
): ReadonlySet<Answer> {
  const pair = `${first.id},${other.id}`;
  if (first.id === other.id || seen.has(pair)) return found;
  seen.add(pair);
  const fact = Math.min(...[first, other].map((tree) => ("fact" in tree ? tree.fact : Number.POSITIVE_INFINITY)));
  const below = (tree: Tree<Answer>) => ("fact" in tree && tree.fact === fact ? tree.branches : undefined);
  const [ofFirst, ofOther] = [below(first), below(other)];
  if (ofFirst === undefined && ofOther === undefined) {
    if ("answer" in other) found.add(other.answer);
    return found;
  }
  (ofFirst ?? ofOther)?.forEach((_, value) => {
    changesFrom(ofFirst?.[value] ?? first, ofOther?.[value] ?? other, found, seen);
  });
  return found;
}
