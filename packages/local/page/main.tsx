import { useSignal } from '@preact/signals';
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { Service } from './model/service.js';
import { EventDetail } from './views/event-detail.js';
import { EventTable } from './views/event-table.js';
import { Foot } from './views/foot.js';
import { Header } from './views/header.js';
import { Help } from './views/help.js';
import { onKey } from './views/keyboard.js';
import { Sidebar } from './views/sidebar.js';

const service = new Service();

function App() {
  const isHelpOpen = useSignal(false);
  const openHelp = (): void => {
    isHelpOpen.value = true;
  };
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event, service, openHelp);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
  return (
    <>
      <Header service={service} onHelp={openHelp} />
      <main>
        <Sidebar service={service} />
        <EventTable service={service} />
        <EventDetail service={service} />
      </main>
      <Foot service={service} />
      <Help
        isOpen={isHelpOpen.value}
        onClose={() => {
          isHelpOpen.value = false;
        }}
      />
    </>
  );
}

render(<App />, document.body);
service.connect();
