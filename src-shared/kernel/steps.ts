/** Long work in steps: whoever runs it may pause between two of them, or not go on. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Runs to the end at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
