import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { fixturePath } from './child.js';
import { surroundings } from './command.js';

/** A call of putlogs. */
export interface Question {
  readonly args: readonly string[];
  /** Default: that of the test. */
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let shared: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

test.after.always('the process of the commands ends', async () => {
  if (shared === undefined || !shared.connected) return;
  const ended = once(shared, 'exit');
  shared.disconnect();
  await ended;
});

/**
 * Runs putlogs in a process that all such calls of a test file share, one after the other. It tells what a command answers;
 * how its process begins and ends needs a process of its own: `putlogs` and `Command`.
 */
export function answer(
  args: readonly string[],
  { cwd, env = {} }: Partial<Omit<Question, 'args'>> = {},
): Promise<Answer> {
  const answered = last.then(() => ask({ args, ...(cwd !== undefined && { cwd }), env: environment(env) }));
  last = answered.catch(() => undefined);
  return answered;
}

async function ask(question: Question): Promise<Answer> {
  shared ??= fork(fixturePath('commands.js'), { env: environment({}) });
  const over = new AbortController();
  const { signal } = over;
  try {
    shared.send(question);
    const answered = once(shared, 'message', { signal }).then(([message]): Answer => message);
    const ended = once(shared, 'exit', { signal }).then(([code]) => {
      throw new Error(`the process of the commands has ended with ${code} during ${question.args.join(' ')}`);
    });
    return await Promise.race([answered, ended]);
  } finally {
    over.abort();
  }
}

function environment(env: Readonly<Record<string, string>>): Record<string, string> {
  const all = Object.entries({ ...surroundings(), ...env });
  return Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
