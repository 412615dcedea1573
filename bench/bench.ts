/** One figure, measured once. */
export type Measurement = {
  value: number;
  unit: string;
  /** The same work by a plain method, in the same run. */
  reference?: number;
  target: number;
  /** Whether the absolute target was met. */
  ok: boolean;
};

/** A named figure of design §9. Modules `*.bench.ts` export `benches: Bench[]`, and `close` when their benches share something. */
export type Bench = {
  name: string;
  /** How often it is measured; the median counts. Default 5. */
  times?: number;
  /** Once, before the first measurement. */
  prepare?: () => Promise<void>;
  run: () => Promise<Measurement>;
  /** Once, after the last one, also when one failed. */
  finish?: () => Promise<void>;
};

export type Figure = {
  name: string;
  value: number | null;
  unit: string;
  reference: number | null;
  ratio: number | null;
  target: number | null;
  ok: boolean;
  error?: string;
};

/** The measurement with the middle value. Throws when there is none. */
export function median(measurements: readonly Measurement[]): Measurement {
  const sorted = measurements.toSorted((a, b) => a.value - b.value);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (!middle) throw new Error('nothing was measured');
  return middle;
}

const rounded = (value: number) => Number(value.toPrecision(4));

/** Measures one bench. A bench that fails is a figure that is not ok, with the reason. */
export async function measure(bench: Bench, say: (line: string) => void): Promise<Figure> {
  const measurements: Measurement[] = [];
  try {
    try {
      await bench.prepare?.();
      for (let time = 1; time <= (bench.times ?? 5); time++) {
        const measurement = await bench.run();
        measurements.push(measurement);
        say(`${bench.name} ${time}: ${rounded(measurement.value)} ${measurement.unit}`);
      }
    } finally {
      await bench.finish?.();
    }
    const { value, unit, reference, target, ok } = median(measurements);
    return {
      name: bench.name,
      value: rounded(value),
      unit,
      reference: reference === undefined ? null : rounded(reference),
      ratio: reference === undefined || reference === 0 ? null : rounded(value / reference),
      target,
      ok,
    };
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      name: bench.name,
      value: null,
      unit: '',
      reference: null,
      ratio: null,
      target: null,
      ok: false,
      error: reason,
    };
  }
}
