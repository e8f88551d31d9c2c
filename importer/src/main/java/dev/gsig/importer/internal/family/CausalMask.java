package dev.gsig.importer.internal.family;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Whether a position sees those behind it. A mask is made by code, or kept as a buffer that does
 * not tell where it is used, so that {@code causal} is asked for. Not where the head reads CLS,
 * which comes first: behind a causal mask it would see nothing but itself.
 */
final class CausalMask {
  private static final Pattern NAME =
      Pattern.compile("(.*[._])?(\\w*mask|tril|triu|\\w*causal\\w*)");

  private CausalMask() {}

  /** Asks, and passes over the buffers that masks are kept in. */
  static void ask(Draft draft) {
    for (String name : draft.unused()) {
      if (isMask(draft, name)) {
        draft.pass(Pattern.compile("^" + Pattern.quote(name) + "$"));
        draft.note(name, "a mask: not read, causal tells what it would");
      }
    }
    Object told =
        draft.options().config().getOrDefault("causal", draft.options().config().get("is_decoder"));
    if (told == null && !"cls".equals(draft.options().config().get("pooling"))) {
      draft.askUnlessChecked(
          "causal",
          false,
          "true if a mask hides from every position those behind it, else false; with pooling=cls"
              + " false");
    }
    if (!Boolean.TRUE.equals(told)) {
      draft.note("attention", "from every position to every other but PAD (no causal mask)");
    }
  }

  /** A buffer of positions by positions whose name says that it is a mask. */
  static boolean isMask(Draft draft, String name) {
    List<Long> shape = draft.shape(name).stream().filter(n -> n != 1).toList();
    return shape.size() == 2
        && shape.get(0).equals(shape.get(1))
        && NAME.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }
}
