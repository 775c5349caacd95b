import type { Group } from '../model/group-list.js';
import type { Service } from '../model/service.js';
import { show, view } from '../model/view.js';
import { count } from './format.js';
import { LogText } from './text.js';

/** More streams are reached by a search for `@stream`. */
const MAX_STREAMS = 500;

/** The log groups and their streams. */
export function Sidebar({ service }: { readonly service: Service }) {
  const groups = service.groups.groups.value;
  const { group } = view.value;
  const total = groups.reduce((sum, one) => sum + one.count, 0);
  return (
    <nav class="sidebar" aria-label="Log groups">
      <Choice name="All log groups" events={total} isChosen={group === ''} onChoose={() => choose('', '')} />
      {groups.map((one) => (
        <GroupEntry key={one.logGroupName} group={one} />
      ))}
    </nav>
  );
}

const choose = (group: string, stream: string): void => show({ group, stream, event: '' });

function GroupEntry({ group }: { readonly group: Group }) {
  const { group: chosen, stream: chosenStream } = view.value;
  const { logGroupName, retentionInDays, logGroupClass, streams } = group;
  const isOpen = chosen === logGroupName;
  const facts = [
    retentionInDays === undefined ? 'never expires' : `${retentionInDays} days`,
    ...(logGroupClass === 'STANDARD' ? [] : [logGroupClass]),
    ...Object.entries(group.tags).map(([key, value]) => `${key}=${value}`),
  ];
  return (
    <div class="group">
      <Choice
        name={logGroupName}
        events={group.count}
        isChosen={isOpen && chosenStream === ''}
        onChoose={() => choose(logGroupName, '')}
      />
      {isOpen && (
        <div class="streams">
          <p class="dim">
            <LogText text={facts.join(' · ')} />
          </p>
          {[...streams].slice(0, MAX_STREAMS).map(([name, events]) => (
            <Choice
              key={name}
              name={name}
              events={events}
              isChosen={chosenStream === name}
              onChoose={() => choose(logGroupName, name)}
            />
          ))}
          {streams.size > MAX_STREAMS && <p class="dim">and {count(streams.size - MAX_STREAMS)} more</p>}
        </div>
      )}
    </div>
  );
}

interface ChoiceProperties {
  readonly name: string;
  readonly events: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

const Choice = ({ name, events, isChosen, onChoose }: ChoiceProperties) => (
  <button type="button" class="choice" aria-current={isChosen} onClick={onChoose}>
    <span class="name">
      <LogText text={name} />
    </span>
    <span class="count">{count(events)}</span>
  </button>
);
