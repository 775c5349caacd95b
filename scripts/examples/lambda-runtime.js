// As small as a runtime of Lambda can be: gives each event that its parent sends to the handler, and sends the answer back.
const { handler } = await import(process.argv[2]);
process.on('message', async (event) => process.send(await handler(event)));
