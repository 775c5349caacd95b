const LOG_GROUP = '/my/app';

/** The texts of the records that have arrived, as Pino and Winston name them. */
function arrived(local) {
  return local.events(LOG_GROUP).map(({ message }) => {
    const { msg, message: text } = JSON.parse(message);
    return msg ?? text;
  });
}

/** @param expected how many records that begin with each text have to be there @throws {Error} if there are others */
export function expectRecords(local, expected) {
  const texts = arrived(local);
  for (const [text, times] of Object.entries(expected)) {
    const found = texts.filter((other) => other.startsWith(text)).length;
    if (found !== times)
      throw new Error(`“${text}” arrived ${found} times, not ${times}. There are: ${texts.join(', ')}`);
  }
  return `${texts.length} events: ${Object.keys(expected).join(', ')}`;
}
