import type { Service } from '../model/service.js';
import { PANELS, type Panel, show, view } from '../model/view.js';
import { FaultsPanel } from './faults-panel.js';
import { RatesPanel } from './rates-panel.js';
import { RequestsPanel } from './requests-panel.js';
import { TracesPanel } from './traces-panel.js';

const NAMES: Readonly<Record<Panel, string>> = {
  requests: 'Requests',
  traces: 'Traces',
  rates: 'Rates and cost',
  faults: 'Faults and clock',
};

/** The panels at the foot of the page, of which one or none is open. */
export function Foot({ service }: { readonly service: Service }) {
  const { panel } = view.value;
  return (
    <footer class={`foot ${panel === '' ? 'closed' : ''}`}>
      <nav class="tabs" aria-label="Panels">
        {PANELS.map((name) => (
          <button
            key={name}
            type="button"
            id={`tab-${name}`}
            aria-expanded={panel === name}
            aria-controls="panel"
            onClick={() => show({ panel: panel === name ? '' : name, request: '' })}
          >
            {NAMES[name]}
            <Badge service={service} panel={name} />
          </button>
        ))}
      </nav>
      {panel !== '' && (
        <section class="panel" id="panel" aria-labelledby={`tab-${panel}`}>
          {panel === 'requests' && <RequestsPanel service={service} />}
          {panel === 'traces' && <TracesPanel service={service} />}
          {panel === 'rates' && <RatesPanel service={service} />}
          {panel === 'faults' && <FaultsPanel service={service} />}
        </section>
      )}
    </footer>
  );
}

/** What a closed panel has to say. */
function Badge({ service, panel }: { readonly service: Service; readonly panel: Panel }) {
  const { faults = [], clockOffsetMs = 0 } = service.state.value ?? {};
  const active = faults.length + Number(clockOffsetMs !== 0);
  if (panel !== 'faults' || active === 0) return null;
  return <span class="badge">{active}</span>;
}
