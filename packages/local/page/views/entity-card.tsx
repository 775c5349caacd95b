import type { LogEvent } from '../model/log-event.js';
import { LogText } from './text.js';

/** Who wrote an event, as CloudWatch would know it. */
export function EntityCard({ entity }: { readonly entity: LogEvent['entity'] }) {
  if (!entity) {
    return (
      <section class="card" aria-label="Entity">
        <h3>Entity</h3>
        <p>
          None was sent, or it was rejected. CloudWatch could not link this event to a service and its
          metrics.
        </p>
      </section>
    );
  }
  const { keyAttributes = {}, attributes = {} } = entity;
  return (
    <section class="card" aria-label="Entity">
      <h3>Entity</h3>
      <Summary keyAttributes={keyAttributes} platform={attributes.PlatformType} />
      <Pairs title="Key attributes" pairs={keyAttributes} />
      <Pairs title="Attributes" pairs={attributes} />
    </section>
  );
}

type Attributes = Readonly<Record<string, string>>;

/** What CloudWatch shows in the list of services. */
function Summary({
  keyAttributes,
  platform,
}: {
  readonly keyAttributes: Attributes;
  readonly platform: string | undefined;
}) {
  const { Type, Name, Environment, ResourceType, Identifier } = keyAttributes;
  if (Name === undefined) {
    return (
      <p>
        A resource in CloudWatch: <LogText text={`${ResourceType ?? Type ?? ''} ${Identifier ?? ''}`} />
      </p>
    );
  }
  return (
    <p class="summary">
      A service in CloudWatch:{' '}
      <strong>
        <LogText text={Name} />
      </strong>
      {Environment !== undefined && (
        <>
          {' '}
          in{' '}
          <strong>
            <LogText text={Environment} />
          </strong>
        </>
      )}
      {platform !== undefined && (
        <>
          {' '}
          on <LogText text={platform} />
        </>
      )}
    </p>
  );
}

function Pairs({ title, pairs }: { readonly title: string; readonly pairs: Attributes }) {
  const entries = Object.entries(pairs);
  if (entries.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <dl>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>
              <LogText text={name} />
            </dt>
            <dd>
              <LogText text={value} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
