package dev.gsig.service;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Pages that cards link to, in memory, for a while: who has the link has the page, for a browser
 * that follows it brings no token.
 */
final class KeptPages {
  static final Duration TIME = Duration.ofMinutes(15);
  private static final int MOST = 200;
  private static final int ID_BYTES = 16;

  private record Page(String html, long until) {}

  private final SecureRandom random = new SecureRandom();
  private final Map<String, Page> pages = new LinkedHashMap<>();

  /** Keeps a page; the oldest goes where there are too many. */
  synchronized String keep(String html) {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    forget();
    if (pages.size() == MOST) {
      pages.remove(pages.keySet().iterator().next());
    }
    pages.put(id, new Page(html, System.nanoTime() + TIME.toNanos()));
    return id;
  }

  /** The page. */
  synchronized Answer answer(String id) {
    forget();
    Page page = pages.get(id);
    if (page == null) {
      throw new Refusal(404, "there is no such page any more: pages are kept for 15 minutes");
    }
    return Answer.text(Answer.HTML, page.html());
  }

  private void forget() {
    long now = System.nanoTime();
    pages.values().removeIf(page -> page.until() - now < 0);
  }
}
