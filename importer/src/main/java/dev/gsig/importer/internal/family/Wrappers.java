package dev.gsig.importer.internal.family;

import java.util.regex.Pattern;

/** What wraps modules, and puts parts of its own into the names of their weights. */
public final class Wrappers {
  // DataParallel, torch.compile, activation checkpoints, FSDP, DeepSpeed: each as a part of a name.
  private static final Pattern PARTS =
      Pattern.compile(
          "(?<=^|\\.)(module|_orig_mod|_checkpoint_wrapped_module|_fsdp_wrapped_module"
              + "|_forward_module)\\.");

  private Wrappers() {}

  /** A name, or the pattern of one, without what wraps modules. */
  public static String without(String name) {
    return PARTS.matcher(name).replaceAll("");
  }
}
