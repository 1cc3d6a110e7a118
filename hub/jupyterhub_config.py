"""JupyterHub's configuration for a class on one server. Started by `make hub`, which says what class it is."""

import os
import sys

from hub.memory import find_groups
from hub.passwords import ClassAuthenticator
from hub.proxy import command
from hub.settings import handed_over
from hub.spawner import LESSONS, ClassSpawner
from hub.words import words

c = get_config()  # type: ignore[name-defined]  # noqa: F821
settings = handed_over()

# What the class reaches, and what only this machine does. The ports stay the same when the hub is started again, since
# the students' servers, which live on meanwhile, know them.
c.JupyterHub.bind_url = f"http{'s' if settings.certificate else ''}://{settings.address}:{settings.port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.port + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.port + 2}"
c.ConfigurableHTTPProxy.command = command()
if settings.certificate:
    c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = settings.certificate

# The hub's own files, in a folder that only root may enter.
os.umask(0o077)
c.JupyterHub.db_url = f"sqlite:///{settings.state}/hub.sqlite"
c.JupyterHub.cookie_secret_file = f"{settings.state}/cookie_secret"
c.ConfigurableHTTPProxy.pid_file = f"{settings.state}/proxy.pid"

# Who comes in.
c.JupyterHub.authenticator_class = ClassAuthenticator
c.FirstUseAuthenticator.dbm_path = settings.passwords
c.ClassAuthenticator.lang = settings.lang
c.Authenticator.admin_users = set(settings.teachers)
if settings.names:
    c.Authenticator.allowed_users = set(settings.names) | set(settings.teachers)
else:
    c.Authenticator.allow_all = True
change = f'<a href="/hub/auth/change-password">{words("change_password", settings.lang)}</a>'
c.JupyterHub.template_vars = {"announcement_login": words("first_time", settings.lang), "announcement_home": change}

# What each gets.
c.JupyterHub.spawner_class = ClassSpawner
c.ClassSpawner.settings = settings
c.ClassSpawner.groups = find_groups(f"pipeline-{settings.prefix.strip('-')}")
c.Spawner.cmd = [sys.executable, "-P", "-m", "jupyterhub.singleuser"]  # -P: a student's random.py stays the student's
c.Spawner.args = [
    "--ServerApp.contents_manager_class=hub.contents.WholeFiles",
    # A kernel's ports are open to all users of the machine: without its keys nobody hears what it prints.
    "--KernelManager.transport_encryption=required",
    # A kernel that starts while thirty others import torch takes its time to answer; after 60 s its page would be shut.
    "--MappingKernelManager.kernel_info_timeout=600",
    # Not a login shell, which would forget the course's environment.
    "--ServerApp.terminado_settings={'shell_command': ['/bin/bash']}",
    # Nothing can be installed into everybody's environment, so nothing is offered.
    "--LabApp.extension_manager=readonly",
]
c.Spawner.default_url = f"/lab/tree/{min(path.name for path in LESSONS.glob('*.ipynb'))}"
c.Spawner.disable_user_config = True  # nobody's settings keep their own server from starting
c.Spawner.env_keep = ["LANG", "LC_ALL", "LD_LIBRARY_PATH"]
# Thirty students who come in at the same minute wait for one another.
c.Spawner.start_timeout, c.Spawner.http_timeout = 300, 180

# Whoever has gone gives the memory back.
if settings.idle:
    culler = [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={round(settings.idle * 60)}"]
    # A hub that was killed takes its culler along.
    c.JupyterHub.services = [{"name": "idle-culler", "command": ["setpriv", "--pdeathsig", "TERM", *culler]}]
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    c.JupyterHub.load_roles = [{"name": "idle-culler", "scopes": scopes, "services": ["idle-culler"]}]
