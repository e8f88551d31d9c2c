package dev.gsig.service;

import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** What the service proves itself with: the key and the certificates of a key store. */
public final class Tls {
  private final SSLContext context;

  private Tls(SSLContext context) {
    this.context = context;
  }

  /**
   * Reads a key store.
   *
   * @param keystore in PKCS#12 or JKS
   * @param password of the store and of its key. Not modified
   * @throws InvalidInputException if it cannot be read, the password is wrong, or it has no key
   */
  public static Tls of(Path keystore, char[] password) {
    try {
      KeyStore store = KeyStore.getInstance(keystore.toFile(), password);
      boolean hasKey = false;
      for (String alias : java.util.Collections.list(store.aliases())) {
        hasKey |= store.isKeyEntry(alias);
      }
      if (!hasKey) {
        throw new InvalidInputException(keystore + ": has no private key");
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return new Tls(context);
    } catch (IOException | GeneralSecurityException e) {
      throw new InvalidInputException(
          keystore + ": cannot be read as a key store with this password (" + e.getMessage() + ")",
          e);
    }
  }

  SSLContext context() {
    return context;
  }
}
