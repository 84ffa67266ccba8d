import { findFreePort } from '../helpers/free-port.ts';
import { ClosedLoop, startOrigin } from './closed-loop.ts';
import { Inspector } from './inspector.ts';
import { median } from './median.ts';
import { Programs } from './programs.ts';
import { requests } from './requests.ts';

/** Enough for the optimising compiler to have made up its mind. */
const warmUpExchanges = 20_000;
const rounds = 5;
const exchanges = 4_800;

/** Bytes of V8 heap that lb allocates per exchange, by the name of the request. */
export async function measureAllocation(): Promise<Readonly<Record<string, number>>> {
  const origin = await startOrigin();
  const programs = new Programs();
  try {
    const inspectorPort = await findFreePort();
    const lb = await programs.startLb(origin.port, [`--inspect=127.0.0.1:${inspectorPort}`]);
    const inspector = await Inspector.connect(inspectorPort);
    const loop = await ClosedLoop.open(lb.port);
    const figures: Record<string, number> = {};
    for (const request of Object.values(requests)) await loop.run(request, warmUpExchanges);
    for (const [name, request] of Object.entries(requests)) {
      const bytes: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const before = await inspector.allocatedBytes();
        await loop.run(request, exchanges);
        bytes.push(((await inspector.allocatedBytes()) - before) / exchanges);
      }
      figures[name] = Math.round(median(bytes));
    }
    loop.close();
    inspector.close();
    return figures;
  } finally {
    await programs.stop();
    origin.stop();
  }
}
