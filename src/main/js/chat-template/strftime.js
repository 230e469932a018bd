const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const pad = (n, width) => String(n).padStart(width, "0");

// now: [year, month, day, hour, minute, second, microsecond, weekday (0 = Sunday), day of year,
// offset such as "+0000", zone], in the C locale, supplied by the host.
export function strftime(format, now) {
  const [year, month, day, hour, minute, second, micro, weekday, dayOfYear, offset, zone] = now;
  const parts = {
    Y: () => year,
    m: () => pad(month, 2),
    d: () => pad(day, 2),
    H: () => pad(hour, 2),
    M: () => pad(minute, 2),
    S: () => pad(second, 2),
    f: () => pad(micro, 6),
    y: () => pad(year % 100, 2),
    b: () => MONTHS[month - 1].slice(0, 3),
    h: () => MONTHS[month - 1].slice(0, 3),
    B: () => MONTHS[month - 1],
    a: () => DAYS[weekday].slice(0, 3),
    A: () => DAYS[weekday],
    w: () => weekday,
    u: () => weekday || 7,
    j: () => pad(dayOfYear, 3),
    I: () => pad(hour % 12 || 12, 2),
    p: () => (hour < 12 ? "AM" : "PM"),
    e: () => String(day).padStart(2, " "),
    z: () => offset,
    Z: () => zone,
    "%": () => "%",
    n: () => "\n",
    t: () => "\t",
  };
  parts.F = () => parts.Y() + "-" + parts.m() + "-" + parts.d();
  parts.T = () => parts.H() + ":" + parts.M() + ":" + parts.S();
  parts.R = () => parts.H() + ":" + parts.M();
  parts.D = () => parts.m() + "/" + parts.d() + "/" + parts.y();
  parts.x = parts.D;
  parts.X = parts.T;
  parts.c = () => parts.a() + " " + parts.b() + " " + parts.e() + " " + parts.T() + " " + parts.Y();
  return String(format).replace(/%(-?)([a-zA-Z%])/g, (match, bare, letter) => {
    if (!parts[letter]) return match;
    const text = String(parts[letter]());
    return bare ? text.replace(/^0+(?=.)/, "") : text;
  });
}
