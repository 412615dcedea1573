/** A child process that takes mails as fast as it can, so that the sink's work is not the sender's. Tells its port first. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

let taken = 0;
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  logger: false,
  maxClients: 200,
  onData(stream, _session, done) {
    stream.on('end', () => {
      taken++;
      done();
    });
    stream.resume();
  },
});
server.on('error', () => undefined);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.server.address() as AddressInfo;
  process.send?.({ port });
});
process.on('message', () => process.send?.({ taken }));
process.on('disconnect', () => process.exit(0));
