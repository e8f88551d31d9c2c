package dev.gsig.service;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Set;

/** Who may ask. */
final class Access {
  private static final String BEARER = "bearer ";
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final byte[] token;
  private final boolean loopback;

  /**
   * @param token null if none is asked for
   * @param loopback whether the service listens to this machine alone
   */
  Access(String token, boolean loopback) {
    this.token = token == null ? null : hash(token);
    this.loopback = loopback;
  }

  /**
   * Lets a request in that brings the token. Without one only this machine can ask, and a browser
   * on it must not do so for a page of elsewhere whose name was made to lead here (DNS rebinding):
   * the request has to name this machine.
   *
   * @throws Refusal 401 without the token, 403 if it is for another host
   */
  void require(Headers headers) {
    if (token != null) {
      String given = headers.getFirst("Authorization");
      boolean bearer = given != null && given.toLowerCase(Locale.ROOT).startsWith(BEARER);
      // Hashes of one length: the time that this takes tells nothing of the token.
      if (!bearer
          || !MessageDigest.isEqual(token, hash(given.substring(BEARER.length()).strip()))) {
        throw new Refusal(401, "bring the token: Authorization: Bearer TOKEN");
      }
    } else if (loopback) {
      String host = headers.getFirst("Host");
      if (host == null || !LOOPBACK.contains(name(host))) {
        throw new Refusal(403, "this service is for localhost");
      }
    }
  }

  /** A host without its port. */
  private static String name(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf(']') ? name.substring(0, colon) : name;
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
