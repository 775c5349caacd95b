import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fillsOf, type MonthEstimate, monthEstimate, WINDOW_SECONDS } from '../model/rates.js';
import type { Service } from '../model/service.js';
import { bytes, count, percent, short } from './format.js';

/** Ingestion into the class Standard in us-east-1, in US dollars per GB: https://aws.amazon.com/cloudwatch/pricing/ */
const DEFAULT_PRICE = '0.50';
const HEIGHT = 60;

/** What arrives by second, and what it would cost. */
export function RatesPanel({ service }: { readonly service: Service }) {
  const now = useSignal(service.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = service.now();
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  // Read, so that what arrives is plotted at once.
  const version = service.events.version.value;
  const seconds = service.rates.upTo(now.value);
  const fills = fillsOf(service.requests.requests.value, now.value);
  return (
    <div class="rates" data-version={version}>
      <Plot name="Events per second" values={seconds.map(({ events }) => events)} format={count} />
      <Plot name="Bytes per second" values={seconds.map(({ bytes: size }) => size)} format={bytes} />
      <Plot name="Fullest batch" values={fills} format={percent} max={1} />
      <Cost estimate={monthEstimate(seconds)} />
    </div>
  );
}

interface PlotProperties {
  readonly name: string;
  /** Of each second, the present one last. */
  readonly values: readonly number[];
  readonly format: (value: number) => string;
  /** Of the axis; otherwise the largest value. */
  readonly max?: number;
}

function Plot({ name, values, format, max }: PlotProperties) {
  const largest = Math.max(...values);
  const top = max ?? (largest || 1);
  // The present second is not over.
  const last = values.at(-2) ?? 0;
  const bars = values.map((value, x) =>
    value > 0 ? `M${x + 0.5} ${HEIGHT}V${HEIGHT - (value / top) * HEIGHT}` : '',
  );
  return (
    <figure>
      <figcaption>
        {name} <strong>{format(last)}</strong> <span class="dim">at most {format(largest)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WINDOW_SECONDS} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: ${format(last)}`}
      >
        <path d={bars.join('')} />
      </svg>
      <div class="axis dim">
        <span>5 min ago</span>
        <span>now</span>
      </div>
    </figure>
  );
}

function Cost({ estimate }: { readonly estimate: MonthEstimate }) {
  const price = useSignal(DEFAULT_PRICE);
  return (
    <figure class="cost">
      <figcaption>A month at this rate</figcaption>
      <p>{costText(estimate, Number(price.value))}</p>
      <label>
        $ per GB{' '}
        <input
          id="price"
          type="number"
          min="0"
          step="0.01"
          value={price.value}
          onInput={({ currentTarget }) => {
            price.value = currentTarget.value;
          }}
        />
      </label>
      <p class="dim">
        An estimate of the ingestion alone, from the mean of the last minutes. Storage and queries are extra.
      </p>
    </figure>
  );
}

function costText(estimate: MonthEstimate, price: number): string {
  if (estimate.kind === 'nothing') return 'Nothing arrived in the last five minutes.';
  if (estimate.kind === 'soon') return `An estimate follows in ${estimate.seconds} s.`;
  const dollars = estimate.gigabytes * price;
  return `about ${short(estimate.gigabytes)} GB, $${dollars < 10 ? dollars.toFixed(2) : count(Math.round(dollars))}`;
}
