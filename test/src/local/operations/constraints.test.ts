import test from 'ava';
import { type BotocoreModel, botocoreModel, type Shape } from '../../support/botocore-model.js';
import { type Bench, bench } from '../support.js';

/** Constraints of the model that this service does not enforce, each with the reason. */
const NOT_ENFORCED: Readonly<Record<string, string>> = {};

const UNSUPPORTED = 'UnsupportedOperationException';

/** A request that breaks a constraint, or that is just within it. */
interface Probe {
  readonly constraint: string;
  readonly input: unknown;
  readonly isAllowed: boolean;
}

/** Makes requests from the model: for each constraint one that breaks it, and one on its boundary. */
class Prober {
  readonly #model: BotocoreModel;

  constructor(model: BotocoreModel) {
    this.#model = model;
  }

  probes(operation: string): readonly Probe[] {
    const input = this.#model.operations[operation]?.input?.shape;
    return input === undefined ? [] : this.#ofStructure(this.#shape(input), '');
  }

  #shape(name: string): Shape {
    const shape = this.#model.shapes[name];
    if (!shape) throw new Error(`The model has no shape ${name}.`);
    return shape;
  }

  #of(shape: Shape, path: string): readonly Probe[] {
    if (shape.type === 'structure') return this.#ofStructure(shape, path);
    if (shape.type === 'list') return this.#ofList(shape, path);
    if (shape.type === 'map') return this.#ofMap(shape, path);
    return shape.type === 'string' ? this.#ofString(shape, path) : this.#ofNumber(shape, path);
  }

  #ofStructure(shape: Shape, path: string): readonly Probe[] {
    const least = this.#valid(shape);
    const prefix = path === '' ? '' : `${path}.`;
    const missing = (shape.required ?? []).map((name) =>
      probe(`${prefix}${name} required`, { ...Object(least), [name]: undefined }),
    );
    const inside = Object.entries(shape.members ?? {}).flatMap(([name, member]) =>
      this.#of(this.#shape(member.shape), prefix + name).map((each) => ({
        ...each,
        input: { ...Object(least), [name]: each.input },
      })),
    );
    return [...missing, ...inside];
  }

  #ofList(shape: Shape, path: string): readonly Probe[] {
    const member = this.#shape(shape.member?.shape ?? '');
    const many = (count: number) => Array.from({ length: count }, () => this.#valid(member));
    const inside = this.#of(member, `${path}[]`).map((each) => ({ ...each, input: [each.input] }));
    return [...bounds(shape, path, many), ...inside];
  }

  #ofMap(shape: Shape, path: string): readonly Probe[] {
    const value = this.#valid(this.#shape(shape.value?.shape ?? ''));
    const least = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));
    const rest = least(Math.max(0, (shape.min ?? 0) - 1));
    const keys = this.#of(this.#shape(shape.key?.shape ?? ''), `${path}.key`).map((each) => ({
      ...each,
      input: { ...rest, [String(each.input)]: value },
    }));
    const values = this.#of(this.#shape(shape.value?.shape ?? ''), `${path}.value`).map((each) => ({
      ...each,
      input: { ...rest, k: each.input },
    }));
    return [...bounds(shape, path, least), ...keys, ...values];
  }

  #ofString(shape: Shape, path: string): readonly Probe[] {
    if (shape.enum) {
      return [
        probe(`${path} enum`, 'NONE'),
        ...shape.enum.map((value) => probe(`${path} enum`, value, true)),
      ];
    }
    const filled = (count: number) => fill(shape, count);
    const broken = ['*', ' ', '\u0007', ':'].find((text) => !fits(shape, text.repeat(shape.min ?? 1)));
    const pattern =
      shape.pattern === undefined || broken === undefined
        ? []
        : [probe(`${path} pattern`, broken.repeat(Math.max(1, shape.min ?? 1)))];
    return [...bounds(shape, path, filled), ...pattern];
  }

  #ofNumber(shape: Shape, path: string): readonly Probe[] {
    const { min, max } = shape;
    return [
      ...(min === undefined ? [] : [probe(`${path} min`, min - 1), probe(`${path} min`, min, true)]),
      ...(max === undefined ? [] : [probe(`${path} max`, max + 1), probe(`${path} max`, max, true)]),
    ];
  }

  /** The least value that the model allows. */
  #valid(shape: Shape): unknown {
    const { type, min = 0 } = shape;
    if (type === 'string') return shape.enum?.[0] ?? fill(shape, Math.max(1, min));
    if (type === 'boolean') return true;
    if (type === 'list')
      return Array.from({ length: min }, () => this.#valid(this.#shape(shape.member?.shape ?? '')));
    if (type === 'map')
      return Object.fromEntries(Array.from({ length: min }, (_, index) => [`k${index}`, 'v']));
    if (type !== 'structure') return min;
    return Object.fromEntries(
      (shape.required ?? []).map((name) => [
        name,
        this.#valid(this.#shape(shape.members?.[name]?.shape ?? '')),
      ]),
    );
  }
}

const probe = (constraint: string, input: unknown, isAllowed = false): Probe => ({
  constraint,
  input,
  isAllowed,
});

/** Lengths on both sides of the limits. */
function bounds({ min, max }: Shape, path: string, make: (length: number) => unknown): readonly Probe[] {
  return [
    ...(min === undefined || min === 0
      ? []
      : [probe(`${path} min`, make(min - 1)), probe(`${path} min`, make(min), true)]),
    ...(max === undefined
      ? []
      : [probe(`${path} max`, make(max + 1)), probe(`${path} max`, make(max), true)]),
  ];
}

const fits = ({ pattern }: Shape, text: string): boolean =>
  pattern === undefined || new RegExp(`^(?:${pattern})$`, 'u').test(text);

/** A text of this length, which fits the pattern if one can. */
function fill(shape: Shape, length: number): string {
  const texts = ['x', '0', '/', `^${'x'.repeat(24)}|`].map((part) =>
    part.repeat(Math.ceil(length / part.length)).slice(0, length),
  );
  return texts.find((text) => fits(shape, text)) ?? texts[0] ?? '';
}

const model = botocoreModel();
const withModel = model ? test : test.skip;
const where = model ? `botocore ${model.version}` : 'skipped: Python finds no botocore that is new enough';

withModel(`every constraint of the model is enforced, or listed as not enforced (${where})`, async (t) => {
  if (!model) return;
  const made = await bench(t);
  const prober = new Prober(model);
  let count = 0;
  for (const operation of Object.keys(model.operations)) {
    if ((await refusal(made, operation, {})).type === UNSUPPORTED) continue;
    for (const { constraint, input, isAllowed } of prober.probes(operation)) {
      count++;
      const name = `${operation}.${constraint}`;
      const { type, message } = await refusal(made, operation, input);
      const member = /^[a-zA-Z]+/.exec(constraint)?.[0] ?? '';
      const isRefused = type === 'InvalidParameterException' && message.includes(`at '${member}`);
      t.is(isRefused, !isAllowed && !(name in NOT_ENFORCED), `${name}: ${type} ${message.slice(0, 200)}`);
    }
  }
  t.log(`${count} requests`);
  t.true(count > 300, `only ${count} requests`);
});

async function refusal(made: Bench, operation: string, input: unknown) {
  const { body } = await made.raw(operation, JSON.stringify(input));
  const { __type = '', message = '' } = JSON.parse(body);
  return { type: String(__type), message: String(message) };
}
