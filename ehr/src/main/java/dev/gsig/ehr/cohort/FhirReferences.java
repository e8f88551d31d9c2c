package dev.gsig.ehr.cohort;

import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.HashMap;
import java.util.Map;

/**
 * What references lead to: {@code Patient/1}, the same behind a server's address or before {@code
 * /_history/2}, {@code urn:uuid:...}, {@code #1} of a contained resource. Nothing follows what a
 * reference leads to any further, so that circles do no harm.
 */
final class FhirReferences {
  private static final String UUID = "urn:uuid:";
  private static final String OID = "urn:oid:";

  private final Map<String, String> ids = new HashMap<>();
  private String server;

  /**
   * An entry of a Bundle can be referred to by its address.
   *
   * @param type of the resource
   * @param id of the resource
   */
  void add(String fullUrl, String type, String id) {
    ids.put(fullUrl, type + "/" + id);
  }

  /**
   * The id of the resource that a reference names.
   *
   * @param key of the reference, of which there may be none
   * @param type that it must have
   * @return the id, {@code #id} of a contained one; null where there is no reference, it names a
   *     resource of another type, or it is a search or an identifier
   * @throws InvalidInputException if references name more than one server
   */
  String id(FhirResource from, String key, String type) {
    JsonObject reference = from.json().objectOrNull(key);
    String text = reference == null ? null : reference.stringOrNull("reference");
    if (text == null || text.startsWith("#")) {
      return text;
    }
    String known = ids.get(text);
    if (known != null) {
      return known.startsWith(type + "/") ? known.substring(type.length() + 1) : null;
    }
    if (text.startsWith(UUID)) {
      return text.substring(UUID.length());
    }
    return text.startsWith(OID) ? text.substring(OID.length()) : ofAddress(from, text, type);
  }

  private String ofAddress(FhirResource from, String text, String type) {
    int version = text.indexOf("/_history/");
    String address = version < 0 ? text : text.substring(0, version);
    int slash = address.lastIndexOf('/');
    if (text.indexOf('?') >= 0 || !address.startsWith(type, slash - type.length())) {
      return null;
    }
    int start = slash - type.length();
    if (start > 0) {
      if (address.charAt(start - 1) != '/') {
        return null;
      }
      requireOneServer(from, address.substring(0, start - 1));
    }
    return address.substring(slash + 1);
  }

  /** An id that one server has may be of another patient on another server. */
  private void requireOneServer(FhirResource from, String address) {
    if (server == null) {
      server = address;
    } else if (!server.equals(address)) {
      throw new InvalidInputException(
          from.where()
              + ": refers to the server "
              + Json.quote(address)
              + ", where others refer to "
              + Json.quote(server)
              + "; read the resources of one server at a time");
    }
  }
}
