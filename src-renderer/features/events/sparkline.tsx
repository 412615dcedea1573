import classes from './events.module.css';

const WIDTH = 120;
const HEIGHT = 22;

/** Days side by side, the highest as high as there is room. A figure beside it says how many. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length);
  return (
    <svg className={classes.spark} width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      {values.map((value, at) => {
        const height = value === 0 ? 1 : Math.max(2, (value / most) * (HEIGHT - 1));
        const style = value === 0 ? classes.sparkNone : classes.sparkBar;
        return (
          // Days never move; the index is their identity.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <rect key={at} className={style} x={at * step} y={HEIGHT - height} width={step - 1} height={height} />
        );
      })}
    </svg>
  );
}
