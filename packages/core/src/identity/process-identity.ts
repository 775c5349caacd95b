import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { errorMessage } from '../util/error-message.js';
import { type DetectedIdentity, detectIdentity } from './detect-identity.js';
import type { Entity, EntityOption } from './entity.js';
import { type EntityTemplate, entityForService } from './entity-for-service.js';
import { formatEntity } from './format-entity.js';
import { resolveEntity } from './resolve-entity.js';
import type { RuntimeEnvironment } from './runtime-environment.js';
import { type ServiceOptions, userEntitySource } from './user-source.js';

/** The options that concern the identity. */
export interface IdentityOptions extends ServiceOptions {
  readonly entity: EntityOption | false | undefined;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly serviceField: string | undefined;
}

/** The first batch waits at most this long for its entity. */
const FIRST_BATCH_WAIT_MS = 1000;

/** The detection is aborted after this time. */
export const DETECTION_TIMEOUT_MS = 5000;

/** The names of log group and log stream are fixed with the first batch, so it waits for the end of a detection that they need. */
const FIRST_NAMES_WAIT_MS = DETECTION_TIMEOUT_MS + FIRST_BATCH_WAIT_MS;

/** A logger that is used after its end starts another pipeline, which would say the same again. */
let hasFoundNoName = false;

/**
 * The identity of this process: the entity of its events, and the instance for the name of its log stream. It is
 * detected once. The first batch waits for it for a limited time. If it is known later, later batches use it.
 */
export class ProcessIdentity {
  /** Resolves when the identity is known or the wait is over. */
  readonly ready: Promise<void>;
  #stopWaiting: () => void = () => undefined;
  readonly #detection = new AbortController();
  readonly #reporter: Reporter;
  readonly #isNamedByRecords: boolean;
  #isClosed = false;
  #entity: Entity | undefined;
  #template: EntityTemplate | undefined;
  #instance: string;

  constructor(options: IdentityOptions, runtime: RuntimeEnvironment, reporter: Reporter, clock: Clock) {
    this.#reporter = reporter;
    this.#isNamedByRecords = options.serviceField !== undefined;
    this.#instance = runtime.hostname;
    this.ready = new Promise((resolve) => {
      this.#stopWaiting = resolve;
    });
    const declared = resolveEntity(options.entity, [userEntitySource(options)]);
    // An entity that the user gave completely is used at once: detection could only add attributes.
    if (!needsEnvironment(options)) this.#entity = declared.entity;
    this.#template = declared.template;
    if (needsDetection(options)) void this.#detect(options, runtime, clock);
    else this.#use({ ...declared, instance: runtime.hostname, notes: [] });
  }

  /** undefined: unknown so far, or none. */
  get entity(): Entity | undefined {
    return this.#entity;
  }

  /** The entity without the service's name; undefined: unknown so far, or none. */
  get template(): EntityTemplate | undefined {
    return this.#template;
  }

  /** The entity of records that name their service: the same except for the name. */
  entityOf(service: string): Entity | undefined {
    return this.#template && entityForService(this.#template, service);
  }

  get instance(): string {
    return this.#instance;
  }

  /** Ends the wait. The detection goes on. */
  stopWaiting(): void {
    this.#stopWaiting();
  }

  /** Aborts the detection. Its result is ignored. */
  close(): void {
    this.#isClosed = true;
    this.#detection.abort();
  }

  async #detect(options: IdentityOptions, runtime: RuntimeEnvironment, clock: Clock): Promise<void> {
    const { signal } = this.#detection;
    const isNamedByEntity = this.#entity === undefined && needsNames(options);
    const cancelTimers = [
      clock.after(isNamedByEntity ? FIRST_NAMES_WAIT_MS : FIRST_BATCH_WAIT_MS, () => this.stopWaiting()),
      clock.after(DETECTION_TIMEOUT_MS, () => this.#detection.abort()),
    ];
    try {
      const found = await detectIdentity(options, runtime, signal);
      if (!this.#isClosed) this.#use(found);
    } catch (error) {
      this.#reporter.problem(
        'entity',
        `The entity cannot be detected. Events are sent without what the options do not say: set service and environment. (${errorMessage(error)})`,
      );
    }
    for (const cancel of cancelTimers) cancel();
    this.stopWaiting();
  }

  #use(identity: DetectedIdentity): void {
    this.#entity = identity.entity;
    this.#template = identity.template;
    this.#instance = identity.instance;
    const { entity, template, origins } = identity;
    const isNameless = entity === undefined && template !== undefined && !this.#isNamedByRecords;
    this.#reporter.entity(entity, origins, formatEntity(identity), isNameless && !hasFoundNoName);
    hasFoundNoName ||= isNameless;
    if (identity.problems.length > 0) this.#reporter.problem('entity', identity.problems.join(' '));
    this.stopWaiting();
  }
}

/** Whether any requested value depends on where the program runs. */
function needsDetection(options: IdentityOptions): boolean {
  return isNamedBy('instance', options) || options.entity === undefined || needsEnvironment(options);
}

/** Whether the name of the log group or of the log stream has a part that only the entity knows. */
function needsNames(options: IdentityOptions): boolean {
  if (options.entity === false) return false;
  return (['service', 'environment'] as const).some(
    (part) => options[part] === undefined && isNamedBy(part, options),
  );
}

function isNamedBy(placeholder: string, { logGroupName, logStreamName }: IdentityOptions): boolean {
  return [logGroupName, logStreamName].some((name) => name.includes(`{${placeholder}}`));
}

/** Whether the user gave an entity of type Service without an environment. */
function needsEnvironment({ entity, environment }: IdentityOptions): boolean {
  if (entity === undefined || entity === false || (entity.type ?? 'Service') !== 'Service') return false;
  return (entity.environment ?? environment) === undefined;
}
