import {
  DETECTION_TIMEOUT_MS,
  detectIdentity,
  type ExplainedIdentity,
  formatEntity,
  type RuntimeEnvironment,
  thisRuntimeEnvironment,
} from '@putlogs/core/internal';
import type { Config, EnvironmentVariables } from '@putlogs/core/main-thread';
import { redact } from '@putlogs/core/main-thread';

/** A request to a metadata service, and how it ended. */
interface Question {
  readonly url: string;
  readonly method: string;
  readonly answer: string;
  readonly ms: number;
}

export interface FoundIdentity extends ExplainedIdentity {
  /** What metadata services were asked, in order. */
  readonly questions: readonly Question[];
}

/** Detects the identity that a program started in this directory gets. */
export async function findIdentity(config: Config, env: EnvironmentVariables): Promise<FoundIdentity> {
  const questions: Question[] = [];
  const runtime = listening(thisRuntimeEnvironment(env), questions);
  const detection = new AbortController();
  // The timer also keeps the process alive: pending requests do not.
  const timer = setTimeout(() => detection.abort(), DETECTION_TIMEOUT_MS);
  try {
    return { ...(await detectIdentity(config, runtime, detection.signal)), questions };
  } finally {
    clearTimeout(timer);
  }
}

/** Not this program's package.json counts, but that of the working directory. */
function listening(runtime: RuntimeEnvironment, questions: Question[]): RuntimeEnvironment {
  return {
    ...runtime,
    mainScript: async () => process.cwd(),
    fetch: async (url, options) => {
      const startedAt = performance.now();
      const ask = (answer: string) => {
        const ms = Math.round(performance.now() - startedAt);
        questions.push({ url: redact(url), method: options.method ?? 'GET', answer, ms });
      };
      try {
        const response = await runtime.fetch(url, options);
        ask(`status ${response.status}`);
        return response;
      } catch (error) {
        ask(
          error instanceof Error && error.name === 'AbortError' ? 'no answer in time' : redact(String(error)),
        );
        throw error;
      }
    },
  };
}

export function toJson(found: FoundIdentity, withQuestions: boolean): object {
  const { entity = null, origins, problems, notes, instance, sources, questions } = found;
  return {
    entity,
    message: redact(formatEntity(found)),
    origins,
    problems: problems.map(redact),
    instance,
    ...(withQuestions && { notes: notes.map(redact), sources, questions }),
  };
}
