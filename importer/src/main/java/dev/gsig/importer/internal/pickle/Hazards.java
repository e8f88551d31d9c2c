package dev.gsig.importer.internal.pickle;

import java.util.Set;

/**
 * Names that no training run leaves behind and that run code where a pickle is loaded. Nothing is
 * executed here whatever a pickle names; but a file that tries is not to be trusted with weights.
 */
final class Hazards {
  private static final Set<String> PACKAGES =
      Set.of(
          "os",
          "posix",
          "nt",
          "subprocess",
          "sys",
          "shutil",
          "socket",
          "importlib",
          "runpy",
          "pty",
          "code",
          "codeop",
          "ctypes",
          "pickle",
          "_pickle",
          "marshal",
          "operator",
          "_operator",
          "multiprocessing",
          "webbrowser",
          "platform",
          "timeit",
          "pdb",
          "bdb",
          "cProfile",
          "profile",
          "asyncio",
          "commands",
          "popen2",
          "imp",
          "inspect",
          "pip",
          "signal",
          "tempfile",
          "urllib",
          "http",
          "requests",
          "ftplib",
          "smtplib");
  private static final Set<String> HARMLESS_BUILTINS =
      Set.of(
          "set",
          "frozenset",
          "list",
          "dict",
          "tuple",
          "slice",
          "range",
          "complex",
          "bytearray",
          "bytes",
          "int",
          "float",
          "bool",
          "str",
          "object",
          "long", // of Python 2, by which pickles of protocol 2 know int, range and str
          "xrange",
          "unicode",
          "basestring");

  private Hazards() {}

  /** True for a function that would run code, load files, or reach what could. */
  static boolean includes(Global global) {
    String module = global.module();
    String top = module.contains(".") ? module.substring(0, module.indexOf('.')) : module;
    return PACKAGES.contains(top)
        || ((top.equals("builtins") || top.equals("__builtin__"))
            && !HARMLESS_BUILTINS.contains(global.name()))
        || (top.equals("torch") && global.name().contains("load"))
        || global.name().contains(".");
  }
}
