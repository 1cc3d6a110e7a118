// Stands before each of the other scripts: what a widget does about the kernel behind it, and about the file it is in.

// ipywidgets puts this class on a widget whose kernel is gone.
const GONE = "jupyter-widgets-disconnected";
const isGone = (el) => el.classList.contains(GONE);

// `update` when that changes. As anywidget 0.11 takes off the listener that sets the class, this one sets it.
function onKernel(model, el, update) {
  model.on("comm_live_update", function () {
    el.classList.toggle(GONE, !this.model.comm_live); // `this` is ipywidgets' view
    update();
  });
}

// Once for all widgets of a page, by the first of them.
function initialize({ model: { widget_manager: manager } }) {
  if (manager.phAttended) return;
  manager.phAttended = true;
  // ipywidgets notices a restart, but no kernel that was shut down, has died or was changed for another one, nor a
  // restart from another tab, of which the new kernel's first word is all there is to see.
  const gone = () => manager.disconnect();
  const notebook = manager.context; // Voila's page has none
  const kernel = notebook?.sessionContext ?? manager.kernel;
  kernel?.kernelChanged?.connect(gone);
  kernel?.statusChanged?.connect((_, status) => ["starting", "dead"].includes(status) && gone());
  if (!notebook) {
    kernel?.connectionStatusChanged?.connect((_, status) => status === "disconnected" && gone());
    return;
  }
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

