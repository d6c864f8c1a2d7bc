//! Documents that are hard to canonicalize. Those that begin with the number of a section are after
//! the examples of Canonical XML 1.0 §3 and Exclusive XML Canonicalization 1.0 §2, without their
//! document types.

/// Each by its name. The element `x`, where there is one, is not the document element.
pub(crate) const DOCUMENTS: &[(&str, &str)] = &[
    (
        "3.1 around",
        "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\
         \n<doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n\
         <!-- Comment 2 -->\n\n<!-- Comment 3 -->\n",
    ),
    (
        "3.2 space",
        "<doc>\n   <clean>   </clean>\n   <dirty>   A   B   </dirty>\n   <mixed Id=\"x\">\n      A\n\
         \u{20}     <clean>   </clean>\n      B\n      <dirty>   A   B   </dirty>\n      C\n\
         \u{20}  </mixed>\n</doc>\n",
    ),
    (
        "3.3 tags",
        "<doc>\n   <e1   />\n   <e2   ></e2>\n   <e3   name = \"elem3\"   id=\"elem3\"   />\n\
         \u{20}  <e4   name=\"elem4\"   id=\"elem4\"   ></e4>\n   <e5 Id='x' a:attr=\"out\" \
         b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\"\n      xmlns:b=\"http://www.ietf.org\"\n      \
         xmlns:a=\"http://www.w3.org\"\n      xmlns=\"http://example.org\"/>\n   <e6 xmlns=\"\" \
         xmlns:a=\"http://www.w3.org\">\n      <e7 xmlns=\"http://www.ietf.org\">\n         \
         <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n            <e9 xmlns=\"\" \
         xmlns:a=\"http://www.ietf.org\" attr=\"default\"/>\n         </e8>\n      </e7>\n   \
         </e6>\n</doc>\n",
    ),
    (
        "3.4 characters",
        "<doc>\n   <text>First line&#x0d;&#10;Second line</text>\n   <value>&#x32;</value>\n\
         \u{20}  <compute Id='x'><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]>\
         </compute>\n   <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" \
         ?\"valid\":\"error\"'>valid</compute>\n   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   \
         &apos; '/>\n   <normNames attr='   A   &#x20;&#13;&#xa;&#9;   B   '/>\n</doc>\n",
    ),
    ("3.5 entities", "<doc attrExtEnt=\"entExt\">\n   Hello, world&amp;lt;!\n</doc>\n"),
    ("3.6 encoding", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><doc>&#169;\u{a9}</doc>"),
    (
        "exclusive 2.1",
        "<n0:local xmlns:n0=\"foo:bar\" xmlns:n3=\"ftp://example.org\"><n1:elem2 Id=\"x\" \
         xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"/>\
         </n1:elem2></n0:local>",
    ),
    (
        "exclusive 2.2",
        "<n2:pdu xmlns:n1=\"http://example.com\" xmlns:n2=\"http://foo.example\" \
         xmlns:n4=\"http://foo.example\" xml:lang=\"fr\" xml:space=\"retain\"><n1:elem2 Id=\"x\" \
         xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"/>\
         <n4:stuff/></n1:elem2></n2:pdu>",
    ),
    ("empty", "<a/>"),
    ("mark", "\u{feff}<a>\u{feff}</a>"),
    ("comments", "<!--1--><a><!--2-->b<!---->c<!-- - --></a><!--3-->"),
    ("instructions", "<?a?><?b  c  ?><d><?e\tf\n?><?g?></d><?h <&>?>"),
    ("space around", "\n \t<!--1-->  <?b?>\r\n<a/> \n<!--2-->\n\n<?c?> "),
    ("ends of lines", "<a b='1\r\n2\r3\n4\t5'>1\r\n2\r3\n4\r\r\n5\r</a>"),
    ("lines in CDATA", "<a><![CDATA[1\r\n2\r3&#13;]]>\r</a>"),
    ("lines in comments", "<a><!--1\r\n2\r3--><?b 1\r\n2\r3?></a>"),
    ("lines beside references", "<a>\r&#65;\r&#10;&#13;\n&#13;\r&#10;\r</a>"),
    ("lines referred to", "<a b='&#13;&#10;&#9;&#32;&#13;\r\n'>&#13;&#10;&#9;&#32;</a>"),
    (
        "references",
        "<a b='&lt;&gt;&amp;&quot;&apos;&#60;&#x3E;'>&lt;&gt;&amp;&quot;&apos;&#x3c;</a>",
    ),
    ("zeros", "<a>&#000000000000065;&#x00000000000041;</a>"),
    ("high", "<a b='&#x10FFFF;\u{10ffff}'>&#x10000;\u{1f4c4}&#xFFFD;\u{e000}\u{85}\u{2028}</a>"),
    ("quotes", "<a b='\"' c=\"'\" d='&quot;\"' e=\"&apos;'\">\"'</a>"),
    ("greater", "<a b='>'>></a>"),
    ("brackets", "<a>]]&gt;]] ><![CDATA[]]]]><![CDATA[>]]></a>"),
    ("no CDATA", "<a><![CDATA[]]>b<![CDATA[<!-- -->]]></a>"),
    ("order", "<a b:z='1' z='2' a='3' b:a='4' B='5' xmlns:b='urn:b' c:a='6' xmlns:c='urn:a'/>"),
    ("order of prefixes", "<a:a xmlns:b='urn:1' xmlns:a='urn:2' xmlns='urn:3' xmlns:B='urn:4'/>"),
    (
        "order by code",
        "<a \u{e9}='1' z='2' \u{ff5a}='3' \u{10000}='4' _='5' a-b='6' a.b='7' ab='8'/>",
    ),
    ("one namespace twice", "<a xmlns='urn:1' xmlns:p='urn:1' p:x='1' x='2'><p:b/><b/></a>"),
    (
        "superfluous",
        "<a xmlns='urn:1' xmlns:p='urn:2'><b xmlns='urn:1' xmlns:p='urn:2' p:c=''/></a>",
    ),
    (
        "hidden",
        "<a xmlns:a='urn:1'><a:b xmlns:a='urn:2' Id='x'><a:c xmlns:a='urn:1'/><a:d/></a:b></a>",
    ),
    (
        "unused",
        "<a xmlns:a='urn:1' xmlns:b='urn:2'><c Id='x'><b:d/><b:e xsi:t='b:T' xmlns:xsi='urn:i'/></c></a>",
    ),
    ("undeclared", "<a xmlns='urn:1'><b xmlns='' Id='x'><c xmlns='urn:1'/><d/></b></a>"),
    ("undeclared twice", "<a xmlns=''><b xmlns='' Id='x'><c xmlns=''/></b></a>"),
    (
        "undeclared between",
        "<a:a xmlns:a='urn:a' xmlns='urn:1'><a:b xmlns=''><c Id='x'/><a:d><e/></a:d></a:b></a:a>",
    ),
    (
        "default comes back",
        "<a xmlns='urn:1' xmlns:p='urn:p'><p:b><c xmlns='urn:2'><p:d><e xmlns='urn:1'/></p:d></c></p:b></a>",
    ),
    (
        "only attributes",
        "<a xmlns:a='urn:a' xmlns:b='urn:b'><c a:d='1'><e b:f='2' a:f='3' Id='x'/></c></a>",
    ),
    (
        "sibling scopes",
        "<r><a:a xmlns:a='urn:1'/><a:a xmlns:a='urn:2' Id='x'/><a:a xmlns:a='urn:1'><a:b/></a:a></r>",
    ),
    (
        "xml attributes",
        "<a xml:lang='pt' xml:space='preserve' xml:a='1'><b xml:lang='en'><c Id='x' xml:space='default' p='1'/></b></a>",
    ),
    (
        "xml attributes hidden",
        "<a xml:lang='pt'><b xml:lang=''><c Id='x'><d xml:lang='fr'/></c></b></a>",
    ),
    (
        "xml declared",
        "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='pt'><b Id='x'/></a>",
    ),
    ("xml:id", "<a xml:id='one' xml:space='preserve'><b Id='x'/></a>"),
    (
        "many levels",
        "<a xmlns='urn:1'><b xmlns='urn:2'><c xmlns='urn:1'><d Id='x' xmlns='urn:2'><e xmlns=''/></d></c></b></a>",
    ),
    ("names", "<\u{e7}\u{e3}:_-.\u{b7} xmlns:\u{e7}\u{e3}='urn:1' \u{e9}\u{301}='\u{e9}'/>"),
    ("space in tags", "<a\n\tb = '1'\r\n  c\n=\n'2'\n><b\t/></a\n>"),
    ("standalone", "<?xml version='1.0' encoding=\"utf-8\" standalone = 'yes' ?><a/>"),
    ("short declaration", "<?xml\tversion\n=\r\n'1.0'?><a/>"),
    ("mixed", "<p>a<b>c</b>d<i/>e<!--f-->g<?h i?>j<![CDATA[k]]>&amp;</p>"),
    (
        "listed prefixes",
        "<r xmlns:a='urn:a' xmlns:b='urn:b' xmlns:xsi='urn:x' xmlns='urn:d'><s Id='x'><t xmlns:a='urn:a2'/><a:u xmlns:b='urn:b'/></s></r>",
    ),
    (
        "listed and used",
        "<r xmlns:a='urn:a'><a:s Id='x' xmlns:b='urn:b'><t xmlns:a='urn:a'><b:u/></t></a:s></r>",
    ),
    (
        "NF-e",
        "<NFe xmlns=\"http://www.portalfiscal.inf.br/nfe\"><infNFe versao=\"4.00\" Id=\"x\"><ide><cUF>35</cUF></ide></infNFe></NFe>",
    ),
    (
        "SOAP",
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:u='urn:u'><s:Body Id='x' u:q='1'><r xmlns='urn:r' s:m='1'><u:v/></r></s:Body></s:Envelope>",
    ),
];
