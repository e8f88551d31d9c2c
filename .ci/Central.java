import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Whether a folder that is laid out as a Maven repository is what Maven Central asks of a release
 * (https://central.sonatype.org/publish/requirements): POMs that say whose, where and under which
 * licence and stand alone, and for each jar its sources, its Javadoc, checksums and a signature.
 *
 * <p>{@code java .ci/Central.java FOLDER}
 */
class Central {
  private static final List<String> ASKED =
      List.of(
          "groupId",
          "artifactId",
          "version",
          "name",
          "description",
          "url",
          "licenses/license/name",
          "licenses/license/url",
          "developers/developer/name",
          "scm/connection",
          "scm/developerConnection",
          "scm/url");

  /** What would need something else to be read: a parent, another repository, a property. */
  private static final List<String> REFUSED =
      List.of("parent", "repositories", "pluginRepositories", "distributionManagement", "build");

  private static final XPath XPATH = XPathFactory.newInstance().newXPath();

  private final List<String> problems = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    Central check = new Central();
    int poms = check.repository(Path.of(args[0]));
    check.problems.forEach(System.err::println);
    if (!check.problems.isEmpty()) {
      System.exit(1);
    }
    System.out.println(poms + " artifacts, as Maven Central asks for");
  }

  private int repository(Path folder) throws Exception {
    List<Path> poms;
    try (var files = Files.walk(folder)) {
      poms = files.filter(f -> f.toString().endsWith(".pom")).sorted().toList();
    }
    var found = new TreeMap<String, Document>();
    for (Path pom : poms) {
      Document document = read(pom);
      found.put(text(document, "artifactId"), document);
      pom(pom.getFileName().toString(), document);
      files(pom, text(document, "packaging").equals("pom"));
    }
    if (!found.containsKey("gsig-bom")) {
      problems.add("gsig-bom is missing");
      return 0;
    }
    var managed = new TreeSet<>(List.of("gsig-bom"));
    var names = nodes(found.get("gsig-bom"), "dependencyManagement//artifactId");
    for (int i = 0; i < names.getLength(); i++) {
      managed.add(names.item(i).getTextContent());
    }
    if (!managed.equals(found.keySet())) {
      problems.add("the bill of materials has " + managed + ", the folder " + found.keySet());
    }
    eachRequirementCanBeMissed(found.get("gsig-bom"));
    return poms.size();
  }

  private static Document read(Path pom) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
  }

  private static NodeList nodes(Document pom, String path) throws XPathExpressionException {
    return (NodeList) XPATH.evaluate("/project/" + path, pom, XPathConstants.NODESET);
  }

  private static String text(Document pom, String path) throws XPathExpressionException {
    return XPATH.evaluate("/project/" + path, pom).strip();
  }

  private void pom(String name, Document pom) throws XPathExpressionException {
    for (String path : ASKED) {
      if (text(pom, path).isEmpty() || text(pom, path).contains("${")) {
        problems.add(name + ": no " + path + ", or one with a property");
      }
    }
    for (String path : List.of("url", "licenses/license/url", "scm/url")) {
      if (!text(pom, path).startsWith("https://")) {
        problems.add(name + ": " + path + " is no https address");
      }
    }
    for (String path : REFUSED) {
      if (nodes(pom, path).getLength() > 0) {
        problems.add(name + ": " + path + " must not be there");
      }
    }
    NodeList dependencies = nodes(pom, "dependencies/dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      String version = XPATH.evaluate("version", dependencies.item(i));
      String group = XPATH.evaluate("groupId", dependencies.item(i));
      if (version.isEmpty() || version.contains("${")) {
        problems.add(name + ": a dependency of " + group + " without a version");
      }
      if (version.endsWith("-SNAPSHOT") && !group.equals("dev.gsig")) {
        problems.add(name + ": a snapshot of " + group);
      }
    }
  }

  private void files(Path pom, boolean alone) throws Exception {
    String stem = pom.toString().replaceFirst("\\.pom$", "");
    var endings = alone ? List.of(".pom") : List.of(".pom", ".jar", "-sources.jar", "-javadoc.jar");
    for (String ending : endings) {
      Path file = Path.of(stem + ending);
      if (!Files.exists(file)) {
        problems.add(file.getFileName() + " is missing");
        continue;
      }
      if (!Files.exists(Path.of(file + ".asc"))) {
        problems.add(file.getFileName() + " is not signed");
      }
      checksum(file, ".md5", "MD5");
      checksum(file, ".sha1", "SHA-1");
    }
  }

  private void checksum(Path file, String ending, String algorithm) throws Exception {
    byte[] digest = MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file));
    Path beside = Path.of(file + ending);
    if (!Files.exists(beside)
        || !Files.readString(beside).strip().equals(HexFormat.of().formatHex(digest))) {
      problems.add(file.getFileName() + ": " + ending + " is missing or wrong");
    }
  }

  /** A check that nothing fails proves nothing: each thing asked for is taken away in turn. */
  private void eachRequirementCanBeMissed(Document pom) throws XPathExpressionException {
    for (String path : ASKED) {
      Node node = nodes(pom, path).item(0);
      if (node == null) {
        continue; // has been told
      }
      Node parent = node.getParentNode();
      Node next = node.getNextSibling();
      parent.removeChild(node);
      Central check = new Central();
      check.pom("", pom);
      parent.insertBefore(node, next);
      if (check.problems.isEmpty()) {
        problems.add("a POM without " + path + " would pass");
      }
    }
  }
}
