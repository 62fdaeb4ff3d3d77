// The bytes of event files: checksums of the standard, and records as TensorBoard's own writer writes them.

import t from 'tap';
import { crc32c, maskedCrc32c } from '../../src/records/crc32c.js';
import {
  restartRecord,
  SESSION_STATUS,
  scalarRecord,
  sessionEndRecord,
  sessionStartRecord,
  versionRecord,
} from '../../src/records/event-file.js';
import { readEvents } from './decode-events.js';

t.test('checksums are those of RFC 3720, appendix B.4', async (t) => {
  const upwards = Uint8Array.from({ length: 32 }, (_, at) => at);
  t.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  t.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  t.equal(crc32c(upwards), 0x46dd794e);
  t.equal(crc32c(upwards.toReversed()), 0x113fdb5c);
  // An iSCSI SCSI Read (10) Command PDU.
  const command = Buffer.from(
    `01c00000${'00'.repeat(12)}14000000000004000000001400000018280000000000000002${'00'.repeat(7)}`,
    'hex',
  );
  t.equal(command.length, 48);
  t.equal(crc32c(command), 0xd9963a56);
  t.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  t.equal(crc32c(new Uint8Array(0)), 0);
});

t.test('the mask of TFRecord is a rotation and a constant', async (t) => {
  // By hand: 0xe3069283 rotated right by 15 is 0x2507c60d; plus 0xa282ead8.
  t.equal(maskedCrc32c(Buffer.from('123456789')), 0xc78ab0e5);
});

// Written by tensorboard 2.21 in Python: RecordWriter(file).write(event.SerializeToString()), the events with wall_time
// 1700000000.25, the hparams by plugins.hparams.metadata.create_summary_metadata and NULL_TENSOR.
const WALL_TIME = 1_700_000_000.25;
const KNOWN = {
  version: '1800000000000000a37f4b220900001040fc54d9411a0d627261696e2e4576656e743a32338d2fe9',
  scalar: '1b000000000000001a0d9e130900001040fc54d94110ac022a0d0a0b0a046c6f737315cdcccc3d84d035c7',
  restart: '0d000000000000003c37b8340900001040fc54d9413a0208018c8e54cd',
  start:
    '9800000000000000a0e783f50900001040fc54d9412a8c010a89010a1c5f68706172616d735f2f73657373696f6e5f73746172745f696e666f42060801120212004a610a5f0a0768706172616d7312541a520a0e0a086e65737465726f76120220010a160a046c6f7373120e1a0c63726f7373456e74726f70790a130a0665706f6368731209110000000000004440220a6d656d6265722d3030302900001040fc54d9415bc9b7d0',
  end: '4d000000000000003d63d4a60900001040fc54d9412a420a400a1a5f68706172616d735f2f73657373696f6e5f656e645f696e666f42060801120212004a1a0a180a0768706172616d73120d220b08011100001040fc54d9410c9c3f4e',
};

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

t.test('records are the bytes that TensorBoard itself writes', async (t) => {
  t.equal(hex(versionRecord(WALL_TIME)), KNOWN.version);
  t.equal(hex(scalarRecord(WALL_TIME, 300, 'loss', 0.1)), KNOWN.scalar);
  t.equal(hex(restartRecord(WALL_TIME, 0)), KNOWN.restart);
  const parameters = { nesterov: true, loss: 'crossEntropy', epochs: 40 };
  t.equal(hex(sessionStartRecord(WALL_TIME, 'member-000', parameters)), KNOWN.start);
  t.equal(hex(sessionEndRecord(WALL_TIME, SESSION_STATUS.success)), KNOWN.end);
});

t.test('what is written is read again: large steps, long texts, letters of all scripts', async (t) => {
  const long = 'ü'.repeat(300);
  const read = readEvents(
    Buffer.concat([
      versionRecord(WALL_TIME),
      scalarRecord(WALL_TIME, 2 ** 40 + 1, long, -1.5),
      restartRecord(WALL_TIME, 12),
      sessionStartRecord(WALL_TIME, '日本', { [long]: 'é', off: false, rate: 1e-3 }),
    ]),
  );
  t.strictSame(read, {
    version: 'brain.Event:2',
    scalars: [{ tag: long, step: 2 ** 40 + 1, value: -1.5, wallTime: WALL_TIME }],
    restarts: [12],
    parameters: { [long]: 'é', off: false, rate: 1e-3 },
    status: null,
  });
});
