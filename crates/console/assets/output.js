// The output of a service. All lines that are known are in memory, few of them in the page: those that are
// seen and some around them. Lines that arrive are drawn once a frame at most. While the reader is at the end
// the end stays in view; who scrolls up stops there, and is told how much is new. The server makes the lines.

/* Lines that are kept, and rows above and below what is seen. */
const LINES_MAX = 50_000;
const LINES_DROPPED = 5_000;
const ROWS_AROUND = 20;
/* So many rows from the beginning older ones are asked for. */
const ROWS_NEAR = 100;

class Output {
  #box;
  #rows;
  /* Of which service, and which of its streams. */
  #source;
  // { at, html }; a line of no bytes says what happened to the service.
  #lines = [];
  #end = 0;
  #row = 20;
  #height = 0;
  #drawn = "";
  #isDue = false;
  #isFollowing = true;
  #isLive;
  #isLoading = false;
  #top = 0;
  /* The newest entry of the log that the page knows: the stream tells of those after it. */
  #entry;
  #fresh = 0;
  #hit = -1;
  #needle = "";
  #reopen = () => {};

  constructor(box) {
    this.#box = box;
    this.#source = { name: box.dataset.name };
    if (box.dataset.streamOf) this.#source.stream = box.dataset.streamOf;
    this.#rows = box.querySelector(".lines");
    this.#isLive = "live" in box.dataset;
    this.#isFollowing = this.#isLive;
    this.#lines = [...this.#rows.children].map((row) => ({ at: Number(row.dataset.at), html: row.innerHTML }));
    this.#end = Number(box.dataset.end);
    this.#entry = box.dataset.entry;
    const at = new URLSearchParams(location.search).get("at");
    if (at) this.#hit = Number(at);
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(box);
    document.addEventListener("selectionchange", () => this.#selected());
    document.getElementById("newest").addEventListener("click", () => this.toEnd());
    document.getElementById("older")?.remove();
    this.#measure();
    if (at) this.show(Number(at));
  }

  /** What is done to get another stream: from the end on, or none of the output. */
  onReopen(reopen) { this.#reopen = reopen; }

  /** Where the stream goes on; nothing while another part is looked at. The last line may have no end yet: it is
   *  given again. */
  get from() {
    const last = this.#lines.at(-1)?.at ?? this.#end;
    return this.#isLive ? last : undefined;
  }

  /** Lines that were printed. */
  take({ from, lines, entry }) {
    if (!this.#isLive) return;
    this.#entry = entry ?? this.#entry;
    // A line that had no end is given again.
    while (this.#lines.length && this.#lines.at(-1).at >= from && from < this.#end) {
      if (this.#lines.pop().at === from) break;
    }
    const before = this.#lines.length;
    this.#append(from, lines);
    if (!this.#isFollowing) {
      this.#fresh += this.#lines.length - before;
      if (this.#lines.length > LINES_MAX) this.#detach();
    } else if (this.#lines.length > LINES_MAX) {
      this.#lines.splice(0, LINES_DROPPED);
      this.#drawn = "";
    }
    this.#due();
  }

  async toEnd() {
    if (!this.#isLive) {
      const part = await this.#ask({});
      if (!part) return;
      this.#reset(part);
      this.#isLive = true;
      this.#reopen();
    }
    this.#isFollowing = true;
    this.#fresh = 0;
    document.getSelection().removeAllRanges();
    this.#due();
  }

  /** Brings the line that begins there into view. */
  async show(at) {
    let index = this.#lines.findIndex((line) => line.at === at);
    if (index < 0) {
      const part = await this.#ask({ at });
      if (!part?.lines.length) return;
      this.#reset(part);
      this.#detach();
      index = Math.max(0, this.#lines.findIndex((line) => line.at >= at));
    }
    this.#isFollowing = false;
    this.#hit = at;
    this.#drawn = "";
    this.#draw();
    this.#scrollTo(Math.max(0, index * this.#row - this.#height / 2));
    this.#draw();
  }

  /** The text that is marked in the lines. */
  mark(needle) {
    this.#needle = needle.toLowerCase();
    this.#drawn = "";
    this.#due();
  }

  #append(from, lines) {
    let at = from;
    for (const [length, html] of lines) {
      this.#lines.push({ at, html });
      at += length;
    }
    this.#end = at;
  }

  #reset({ from, lines, entry }) {
    this.#lines = [];
    this.#entry = entry;
    this.#append(from, lines);
    this.#fresh = 0;
    this.#drawn = "";
  }

  /** What the address of the stream says of the output. */
  get address() {
    const from = this.from;
    if (from === undefined) return "";
    const known = new URLSearchParams({ from });
    if (this.#source.stream) known.set("stream", this.#source.stream);
    if (this.#entry) known.set("entry", this.#entry);
    return `&${known}`;
  }

  /** Another part of the output is looked at than its end. */
  #detach() {
    if (!this.#isLive) return;
    this.#isLive = false;
    this.#reopen();
  }

  async #ask(which) {
    const query = new URLSearchParams({ ...this.#source, ...which });
    const answer = await fetch(`/output/lines?${query}`).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  async #older() {
    const first = this.#lines[0]?.at ?? 0;
    if (this.#isLoading || first === 0) return;
    this.#isLoading = true;
    const part = await this.#ask({ before: first });
    // Nothing before it, or the file is another one by now: not asked again until there is another first line.
    if (!part?.lines.length || this.#lines[0]?.at !== first) {
      if (this.#lines[0]?.at !== first) this.#isLoading = false;
      return;
    }
    let at = part.from;
    const older = part.lines.map(([length, html]) => {
      const line = { at, html };
      at += length;
      return line;
    });
    this.#lines = [...older, ...this.#lines];
    if (this.#lines.length > LINES_MAX) {
      this.#lines.length = LINES_MAX;
      this.#detach();
    }
    this.#drawn = "";
    this.#isLoading = false;
    this.#size();
    this.#scrollTo(this.#top + older.length * this.#row);
    this.#draw();
  }

  #measure() {
    this.#row = parseFloat(getComputedStyle(this.#rows).lineHeight) || 20;
    this.#height = this.#box.clientHeight;
    this.#drawn = "";
    this.#due();
  }

  #scrolled() {
    const top = this.#box.scrollTop;
    if (Math.abs(top - this.#top) < 1) return;
    this.#top = top;
    this.#isFollowing = this.#isLive && top + this.#height >= this.#box.scrollHeight - this.#row;
    if (this.#isFollowing) this.#fresh = 0;
    this.#draw();
    if (top < ROWS_NEAR * this.#row) this.#older();
  }

  #scrollTo(top) {
    this.#box.scrollTop = top;
    this.#top = this.#box.scrollTop;
  }

  /** Who marks text wants it to stay. */
  #selected() {
    const selection = document.getSelection();
    if (selection.isCollapsed || !this.#box.contains(selection.anchorNode)) return;
    this.#isFollowing = false;
    this.#tell();
  }

  #due() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      if (this.#isFollowing) whenReleased(() => this.#draw());
      else this.#draw();
    });
  }

  #size() {
    this.#rows.style.height = `${this.#lines.length * this.#row}px`;
  }

  #draw() {
    const seen = Math.ceil(this.#height / this.#row) + 1;
    const count = this.#lines.length;
    const top = this.#isFollowing ? count - seen : Math.floor(this.#top / this.#row);
    const first = Math.max(0, Math.min(top, count - seen) - ROWS_AROUND);
    const last = Math.min(count, first + seen + 2 * ROWS_AROUND);
    this.#size();
    const what = `${first} ${last} ${this.#isFollowing ? this.#end : ""}`;
    if (what !== this.#drawn) {
      this.#drawn = what;
      this.#rows.style.paddingTop = `${first * this.#row}px`;
      this.#rows.innerHTML = this.#lines.slice(first, last).map(({ at, html }) =>
        `<span data-at="${at}"${at === this.#hit ? ' class="hit"' : ""}>${html}</span>`).join("");
      showTimes(this.#rows);
      this.#highlight();
    }
    if (this.#isFollowing) this.#scrollTo(count * this.#row);
    this.#tell();
  }

  #tell() {
    const button = document.getElementById("newest");
    button.hidden = this.#isFollowing;
    const text = this.#fresh === 0 ? words.to_end
      : say(this.#fresh === 1 ? "new_line" : "new_lines", this.#fresh.toLocaleString(lang));
    if (button.textContent !== text) button.textContent = text;
  }

  #highlight() {
    if (!CSS.highlights) return;
    const ranges = [];
    const texts = document.createTreeWalker(this.#rows, NodeFilter.SHOW_TEXT);
    while (this.#needle && texts.nextNode()) {
      const node = texts.currentNode;
      const text = node.data.toLowerCase();
      // A character may be longer in small letters; then the place is not known.
      if (text.length !== node.data.length) continue;
      for (let at = text.indexOf(this.#needle); at >= 0; at = text.indexOf(this.#needle, at + 1)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + this.#needle.length);
        ranges.push(range);
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }
}

/** Looks for a text in all of the output, and goes from one place to the next. */
class Finder {
  #form;
  #output;
  #asked = "";
  #places = [];
  #at = -1;

  constructor(form, output) {
    this.#form = form;
    this.#output = output;
    let typing;
    form.q.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.find(), 200);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.q.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      clearTimeout(typing);
      this.go(event.shiftKey ? 1 : -1);
    });
    const button = (id, step) => {
      const element = document.getElementById(id);
      element.hidden = false;
      element.addEventListener("click", () => this.go(step));
    };
    button("previous", -1);
    button("next", 1);
    if (form.q.value) this.find();
  }

  async find() {
    const text = this.#form.q.value;
    this.#asked = text;
    this.#output.mark(text);
    if (!text) return this.#tell(false);
    const query = new URLSearchParams(new FormData(this.#form));
    const answer = await fetch(`/output/find?${query}`).catch(() => null);
    if (!answer?.ok || text !== this.#form.q.value) return;
    const { at, more } = await answer.json();
    if (text !== this.#form.q.value) return;
    this.#places = at;
    // The newest first: what a log is searched for is near its end.
    this.#at = at.length - 1;
    this.#tell(more);
    if (at.length) await this.#output.show(at[this.#at]);
  }

  /** To the place before or after. What has been printed meanwhile is found at the ends. */
  async go(step) {
    const next = this.#at + step;
    if (this.#form.q.value !== this.#asked || next < 0 || next >= this.#places.length) return this.find();
    this.#at = next;
    this.#tell(false);
    await this.#output.show(this.#places[next]);
  }

  #tell(more) {
    const count = this.#places.length;
    const found = say(count === 1 ? "found_one" : "found", `${count.toLocaleString(lang)}${more ? "+" : ""}`);
    document.getElementById("found").textContent = !this.#asked ? ""
      : count ? `${found} · ${this.#at + 1}/${count}` : found;
  }
}
