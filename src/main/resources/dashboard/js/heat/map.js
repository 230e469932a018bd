// The map of the experts as it comes: packed texts, unpacked.
export class ExpertMap {
  constructor(json) {
    this.json = json;
    this.layers = json.layers.map((experts, layer) => ({ layer, experts })).filter(({ experts }) => experts > 0);
    this.columns = Math.max(1, ...json.layers);
    this.size = json.layers.reduce((sum, experts) => sum + experts, 0);
    this.first = new Map();
    let index = 0;
    json.layers.forEach((experts, layer) => {
      this.first.set(layer, index);
      index += experts;
    });
    this.shares = { share: sharesOf(json.share), lately: sharesOf(json.lately) };
    this.residentBits = bytesOf(json.resident);
    this.changedBits = json.changed === null ? null : bytesOf(json.changed);
  }

  has(layer, expert) {
    return expert < (this.json.layers[layer] ?? 0);
  }

  // In [0, 1], of the layer's choices; which: 'share' or 'lately'.
  share(layer, expert, which) {
    return this.shares[which][this.first.get(layer) + expert] / 65535;
  }

  highest(which) {
    return this.shares[which].reduce((most, share) => Math.max(most, share), 0) / 65535;
  }

  isResident(layer, expert) {
    return bit(this.residentBits, this.first.get(layer) + expert);
  }

  // 'came', 'went' or null: since the version before.
  change(layer, expert) {
    if (this.changedBits === null || !bit(this.changedBits, this.first.get(layer) + expert)) return null;
    return this.isResident(layer, expert) ? 'came' : 'went';
  }

  get residents() {
    return this.residentBits.reduce((sum, byte) => sum + ones(byte), 0);
  }
}

const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const bit = (bytes, index) => (bytes[index >> 3] & (1 << (index & 7))) !== 0;

function ones(byte) {
  let rest = byte;
  let count = 0;
  for (; rest; rest &= rest - 1) count++;
  return count;
}

// Little-endian whatever the machine is.
function sharesOf(text) {
  const view = new DataView(bytesOf(text).buffer);
  return Uint16Array.from({ length: view.byteLength / 2 }, (_, i) => view.getUint16(2 * i, true));
}
