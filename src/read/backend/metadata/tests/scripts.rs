//! Versions that setup.py takes from other files.

use super::*;

const VERSION_PY: &str = "# The version.\n__version__ = '1.2'\n__author__ = \"A\"\n";

/// The version of a project with this script.
fn version(script: &str) -> Option<String> {
    let files = [
        ("setup.py", script),
        ("x/version.py", VERSION_PY),
        ("x/__init__.py", "from .version import __version__\n"),
        ("y.py", "__version__ = \"1.2\"\n"),
        ("VERSION", "1.2\n"),
    ];
    identity(&files).1
}

#[test]
fn scripts_take_their_version_from_a_file() {
    for script in [
        "exec(open('x/version.py').read())\nsetup(name='x', version=__version__)",
        "exec(compile(open('x/version.py').read(), 'x/version.py', 'exec'))\n\
         setup(name='x', version=__version__)",
        "execfile('x/version.py')\nsetup(name='x', version=__version__)",
        "about = {}\nwith open(os.path.join('x', 'version.py')) as f:\n  exec(f.read(), about)\n\
         setup(name='x', version=about['__version__'])",
        "here = Path(__file__).resolve().parent\nns = {}\n\
         exec((here / 'x' / 'version.py').read_text(encoding='utf-8'), ns)\n\
         setup(name='x', version=ns.get('__version__'))",
        "ns = runpy.run_path('x/version.py')\nsetup(name='x', version=ns['__version__'])",
        "import y\nsetup(name='x', version=y.__version__)",
        "from x.version import __version__ as v\nsetup(name='x', version=v)",
        "setup(name='x', version=open('VERSION').read().strip())",
        "setup(name='x', version=io.open('VERSION', encoding='utf-8').readlines()[0].rstrip('\\n'))",
        "setup(name='x', version=Path('VERSION').read_text().split()[0])",
        "with open('x/version.py') as f: text = f.read()\n\
         v = re.search(r'''^__version__\\s*=\\s*['\"]([^'\"]*)['\"]''', text, re.MULTILINE).group(1)\n\
         setup(name='x', version=v)",
        "r = re.compile(r'__version__\\s+=\\s+(.*)')\n\
         with open('x/version.py', 'rb') as f:\n\
         \x20 v = str(ast.literal_eval(r.search(f.read().decode('utf-8')).group(1)))\n\
         setup(name='x', version=v)",
        "setup(name='x', version=re.findall(r\"__version__ = '(.+)'\", open('x/version.py').read())[0])",
    ] {
        assert_eq!(version(script).as_deref(), Some("1.2"), "{script}");
    }
}

#[test]
fn scripts_take_their_version_from_a_function() {
    for functions in [
        "def get_version():\n  with open('x/version.py') as f:\n    exec(f.read())\n  return __version__\n",
        "def read(*parts):\n  here = os.path.abspath(os.path.dirname(__file__))\n\
         \x20 with codecs.open(os.path.join(here, *parts), 'r') as f:\n    return f.read()\n\
         def get_version():\n  return open('VERSION').read().strip()\n",
        "def read(path):\n  return open(path).read()\n\
         def get_version(path='x/version.py'):\n\
         \x20 for line in read(path).splitlines():\n\
         \x20   if line.startswith('__version__'):\n\
         \x20     delim = '\"' if '\"' in line else \"'\"\n\
         \x20     return line.split(delim)[1]\n\
         \x20 else:\n    raise RuntimeError('none')\n",
        "def get_version():\n  for line in open('x/version.py'):\n\
         \x20   if '__version__' not in line: continue\n\
         \x20   value = line.split('=')[1]\n    break\n  return value.strip().strip(\"'\")\n",
        "def get_version():\n  m = re.search(\"__version__ = '(.*)'\", open('x/version.py').read())\n\
         \x20 if m:\n    return m.group(1)\n  raise RuntimeError()\n",
    ] {
        let script = format!("{functions}setup(name='x', version=get_version())");
        assert_eq!(version(&script).as_deref(), Some("1.2"), "{script}");
    }
}

#[test]
fn versions_that_only_a_run_knows_stay_unknown() {
    for script in [
        "exec(open('no.py').read())\nsetup(name='x', version=__version__)",
        "exec(open('x/version.py').read())\nif a: __version__ = '2'\nsetup(name='x', version=__version__)",
        "if a:\n  exec(open('x/version.py').read())\nsetup(name='x', version=__version__)",
        "import x\nsetup(name='x', version=x.__version__)",
        "def f():\n  return f()\nsetup(name='x', version=f())",
        "def f():\n  if os.environ['A']: return '1'\n  return '2'\nsetup(name='x', version=f())",
        "def f():\n  while True: pass\nsetup(name='x', version=f())",
        "setup(name='x', version=re.search('(?<=a)b', 'ab').group(0))",
        "setup(name='x', version=re.match('b', 'ab').group(0))",
        "setup(name='x', version='1.2'.split('.')[7])",
        "setup(name='x', version=open('../VERSION').read())",
    ] {
        assert_eq!(version(script), None, "{script}");
    }
}

#[test]
fn much_work_in_functions_ends() {
    let doubles = "def f(a):\n  return f(a + a) + f(a + a)\nsetup(name='x', version=f('1'))";
    let loops = "def f():\n  t = open('VERSION').read().replace('1', 'a b ' * 9)\n\
                 \x20 for a in 'a b c d e f g h'.split():\n    for b in 'a b c d e f'.split():\n\
                 \x20     for c in 'a b c d e f g'.split():\n        t = t + t\n  return t\n\
                 setup(name='x', version=f())";
    let calls = format!(
        "def f(a):\n  return {}\nsetup(name='x', version=f('1'))",
        vec!["f(a)"; 2000].join(" + ")
    );
    let searches = format!(
        "def f():\n  for a in '{}'.split():\n    for b in '{}'.split():\n\
         \x20     if 'no' in '{}': return a\nsetup(name='x', version=f())",
        "a ".repeat(4000),
        "b ".repeat(4000),
        "c".repeat(100_000)
    );
    let names: Vec<String> = (0..5000).map(|number| format!("n{number} = '1'\n")).collect();
    let scopes = format!(
        "{}def f():\n  return 'a'\ndef g():\n  for a in '{}'.split():\n    f()\n\
         setup(name='x', version=g())",
        names.concat(),
        "a ".repeat(4000)
    );
    for script in [doubles, loops, &calls, &searches, &scopes] {
        assert_eq!(version(script), None);
    }
}
