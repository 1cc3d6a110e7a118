// Stands before each of the other scripts: what a widget does about the kernel behind it, and about the file it is in.

// ipywidgets puts this class on a widget whose kernel is gone.
const GONE = "jupyter-widgets-disconnected";
const isGone = (el) => el.classList.contains(GONE);

// `update` when that changes, or when the switch is used then. As anywidget 0.11 takes off the listener that sets the
// class, this one sets it.
function onKernel({ model, el, signal }, update) {
  // What it says is in one language, whatever the page calls its own; .ph-says keeps the switch from hiding it.
  const speak = () => {
    el.lang = spoken(model, el);
    el.classList.add("ph-says");
  };
  model.on("comm_live_update", function () {
    el.classList.toggle(GONE, !this.model.comm_live); // `this` is ipywidgets' view
    speak();
    update();
  });
  model.on("change:lang", speak);
  model.widget_manager.ph.addEventListener("language", () => (speak(), update()), { signal });
  speak();
}

// The language of what the widget says.
function spoken(model, el) {
  const { language } = model.widget_manager.ph;
  return isGone(el) && model.get("words")[language] ? language : model.get("lang");
}

// What the widget says by the name of `name`. Without a kernel, nobody but the page can put it into another language.
function said(model, el, name) {
  const words = isGone(el) ? model.get("words")[model.widget_manager.ph.language] : null;
  return words?.[name] ?? model.get(name);
}

// Once for all widgets of a page, by the first of them.
function initialize({ model: { widget_manager: manager } }) {
  if (manager.ph) return;
  manager.ph = new EventTarget(); // where the switch of this notebook says its `language`
  // ipywidgets notices a restart, but no kernel that was shut down, has died or was changed for another one, nor a
  // restart from another tab: all there is to see of that is that messages come from another kernel's session.
  const gone = () => manager.disconnect();
  const notebook = manager.context; // Voila's page has none; other hosts may lack more
  const kernel = notebook?.sessionContext ?? manager.kernel;
  let session = null;
  kernel?.iopubMessage?.connect((_, { header }) => {
    if (header.msg_type !== "status") return; // others may be the server's own
    if (session && session !== header.session) gone();
    session = header.session;
  });
  if (!notebook?.sessionContext) {
    kernel?.connectionStatusChanged?.connect((_, status) => status === "disconnected" && gone());
    // Of a kernel that was ended while nobody used it Voila's page hears nothing: it asks when somebody does.
    let asking = false;
    const ask = async () => {
      if (asking || !kernel?.serverSettings) return;
      asking = true;
      const answer = await fetch(`${kernel.serverSettings.baseUrl}api/kernels/${kernel.id}`).catch(() => null);
      if (answer?.status === 404) gone();
      asking = false;
    };
    for (const name of ["focusin", "input"]) document.addEventListener(name, ask);
    return;
  }
  kernel.kernelChanged.connect(gone);
  // It saves only widgets whose kernel lives. So whoever opens a lesson of yesterday and saves it, or is there when it
  // is saved by itself, would find "model not found" at each view the next time: what is shown in the notebook stays.
  const save = manager.get_state_sync;
  manager.get_state_sync = (options) => {
    const dead = [...manager._modelsSync.values()].filter((model) => !model.comm_live);
    const living = save.call(manager, options);
    for (const model of dead) model._comm_live = true;
    const { state } = save.call(manager, options);
    for (const model of dead) model._comm_live = false;
    const keep = (id) => {
      if (!state[id] || living.state[id]) return;
      living.state[id] = state[id];
      for (const [, part] of JSON.stringify(state[id].state).matchAll(/"IPY_MODEL_(\w+)"/g)) keep(part);
    };
    for (const cell of notebook.model.cells) {
      for (const { data } of cell.toJSON().outputs ?? []) {
        keep(data?.["application/vnd.jupyter.widget-view+json"]?.model_id);
      }
    }
    return living;
  };
}

