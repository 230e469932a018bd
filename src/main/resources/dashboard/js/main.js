// Puts the page together.
import { Connection } from './connection.js';
import { Curves } from './curves.js';
import { byId, setText } from './dom.js';
import { zone } from './format.js';
import { ExpertsPanel } from './heat/panel.js';
import { startKey } from './key.js';
import { PlacementPanel } from './placement/panel.js';
import { Simulator } from './simulator.js';
import { startStream } from './stream.js';
import { startTheme } from './theme.js';
import { startTiles } from './tiles.js';
import { Usage } from './usage.js';

const USAGE_EVERY = 60_000;
const PLACEMENT_EVERY = 10_000;
const HISTORY_EVERY = 60_000;

startTheme(byId('theme'));
startKey();
setText(byId('zone'), zone());

const tiles = startTiles();
const experts = new ExpertsPanel();
const curves = new Curves();
const usage = new Usage();
const placement = new PlacementPanel((now) => experts.wanted(now));
const simulator = new Simulator((names) => placement.policies(names));
const connection = new Connection(() => stream.retry());

let shown = null;
let reachable = false;

function live(now) {
  connection.live(now);
  tiles(now);
  curves.add(now.point);
  usage.latest(now.latency);
  const version = now.placement && `${now.placement.version}.${now.placement.epoch}`;
  if (version !== shown) {
    shown = version;
    if (version) placement.refresh();
  }
}

function about(map) {
  setText(byId('model'), map.model);
  setText(byId('device'), `${map.device}; CPU kernels ${map.kernels}`);
  document.title = `${map.model} – Fiddler`;
  experts.experts(map);
}

// What comes from the database is asked for when the connection is there, and again from time to time.
function status(state, sentence) {
  connection.status(state, sentence);
  if (state === 'live' && !reachable) {
    usage.refresh();
    simulator.runWhenSeen();
  }
  reachable = state === 'live';
}

function every(millis, refresh) {
  setInterval(() => {
    if (reachable && !document.hidden) refresh();
  }, millis);
}

const stream = startStream({ history: (points) => curves.history(points), experts: about, live }, status);
every(USAGE_EVERY, () => usage.refresh());
every(PLACEMENT_EVERY, () => placement.current());
every(HISTORY_EVERY, () => placement.history.refresh());
