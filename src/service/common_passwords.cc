#include "service/common_passwords.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"

namespace clone_auth::service {
namespace {

// Lower case, sorted; none shorter than the least that an operator may set.
// clang-format off
constexpr std::string_view kCommon[] = {
    "!qaz2wsx", "!qaz@wsx", "010203040506", "0987654321", "09876543210",
    "1020304050", "102030405060", "111222333444", "1122334455", "112233445566",
    "11223344556677889900", "123321123321", "12344321", "123454321123",
    "1234567812345678", "1234567890", "123456789012", "1234567890123",
    "12345678901234", "123456789012345", "1234567890123456",
    "12345678901234567890", "1234567890a", "1234567890q", "1234567891",
    "12345678910", "123456789a", "123456789abc", "123456789q", "12345678a",
    "123456abcdef", "123456qwerty", "12345qwert", "1234qwerasdf",
    "1234qwerasdfzxcv", "123qweasd", "123qweasdzxc", "135792468", "1357924680",
    "147258369", "147258369147", "159357159357", "159753456852", "1q2w3e4r",
    "1q2w3e4r5t", "1q2w3e4r5t6y", "1q2w3e4r5t6y7u", "1q2w3e4r5t6y7u8i",
    "1qaz2wsx", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "1qaz@wsx", "1qazxsw2",
    "246813579", "271828182845", "314159265358", "3141592653589", "5201314520",
    "741852963", "741852963000", "789456123", "789456123000", "963852741",
    "a12345678", "a123456789", "a1234567890", "a1b2c3d4", "a1b2c3d4e5",
    "a1b2c3d4e5f6", "aa12345678", "aa123456789", "aaa111222", "abc123456",
    "abc1234567", "abc12345678", "abc123456789", "abc1234567890",
    "abc123abc123", "abcd1234", "abcd12345", "abcd123456", "abcd12345678",
    "abcd1234abcd", "abcdef123456", "access123", "accessgranted", "admin123",
    "admin1234", "admin12345", "admin123456", "admin1234567", "admin@123",
    "admin@1234", "admin@12345", "admin@123456", "adminadmin", "adminadmin123",
    "adminadminadmin", "administrator", "administrator1", "administrator123",
    "adminpass123", "adminpassword", "aini1314", "alexander", "alexander1",
    "alexander123", "america1", "americanidol", "amorcito", "angel123",
    "angelangel", "anything", "arsenal123", "asd123456", "asd123asd123",
    "asdasd123", "asdf1234", "asdfghjkl", "asdfghjkl123", "asdfghjklzxcvbnm",
    "asdfqwer", "asdfqwerzxcv", "assalamualaikum", "asshole1", "asshole123",
    "australia", "australia1", "autumn2024", "autumn2025", "azerty123",
    "azerty12345", "azerty123456", "azertyuiop", "azertyuiop123", "babyboy1",
    "babygirl", "babygirl1", "babygirl12", "babygirl123", "badboy123",
    "barcelona", "barcelona1", "barcelona123", "baseball", "baseball1",
    "baseball12", "baseball123", "baseball1234", "basketball", "basketball1",
    "basketball12", "basketball123", "batman123", "batman1234", "batmanbatman",
    "beautiful", "beautiful1", "beautiful123", "benjamin", "benjamin1",
    "bismillah", "bismillah1", "blessed1", "blessed123", "blink182",
    "blueberry", "brooklyn", "brother1", "bullshit", "bullshit1", "butterfly",
    "butterfly1", "butterfly123", "california", "california1", "changeitnow",
    "changeme", "changeme1", "changeme12", "changeme123", "changeme123!",
    "changeme1234", "changemenow", "charlie1", "charlie123", "charlie1234",
    "cheesecake", "chelsea123", "chelseafc", "chocolate", "chocolate1",
    "chocolate123", "christian", "christian1", "christmas", "christmas1",
    "christmas123", "christopher", "christopher1", "computer", "computer1",
    "computer123", "computer1234", "contrasena", "cookie123",
    "correct horse battery staple", "correcthorsebatterystaple", "corvette",
    "cowboys1", "crystal1", "crystal123", "danielle", "december", "default123",
    "defaultpassword", "demo1234", "demopassword", "diamond1", "diamond123",
    "dolphin123", "dragon123", "dragon1234", "dragonball", "dragonballz",
    "dragondragon", "elephant", "elephant1", "elizabeth", "elizabeth1",
    "elizabeth123", "estrella", "everything", "facebook", "facebook1",
    "facebook123", "family123", "familyfirst", "father123", "february",
    "ferrari123", "football", "football1", "football12", "football123",
    "football1234", "foreverlove", "forgetit", "forgotten", "fuckoff123",
    "fuckyou1", "fuckyou12", "fuckyou123", "fuckyou1234", "fuckyoubitch",
    "gandalf1", "gandalf123", "godisgood", "godisgood1", "godisgreat",
    "goodbye123", "goodluck", "goodmorning", "google123", "google1234",
    "gorgeous", "guest123", "guestguest", "guestpassword", "hallo12345",
    "halloween", "halloween1", "handsome", "harley123", "harleydavidson",
    "harrypotter", "harrypotter1", "harrypotter123", "heaven777", "hello123",
    "hello1234", "hello12345", "hellohello", "hellohello1", "hellokitty",
    "hellokitty1", "helloworld", "helloworld1", "helloworld123", "hogwarts",
    "hunter123", "hunter2hunter2", "ihatethis", "ihateyou", "ihateyou1",
    "ilovejesus", "ilovejesus1", "iloveme123", "ilovemyfamily", "ilovemylife",
    "ilovemymom", "ilovemyself", "iloveyou", "iloveyou!", "iloveyou1",
    "iloveyou12", "iloveyou123", "iloveyou1234", "iloveyou1314", "iloveyou2",
    "iloveyoubaby", "iloveyouforever", "iloveyousomuch", "instagram",
    "instagram1", "internet", "internet1", "internet123", "january2024",
    "jennifer", "jennifer1", "jennifer123", "jessica1", "jessica123",
    "jesus123", "jesuschrist", "jesuschrist1", "jesusislord", "jonathan",
    "jonathan1", "jordan123", "jordan23", "juventus", "juventus1", "killer123",
    "killerkiller", "l123456789", "lakers24", "legolas123", "letmein1",
    "letmein12", "letmein123", "letmein1234", "letmeinnow", "letmeinplease",
    "lightning", "linkedin", "linkedin1", "liverpool", "liverpool1",
    "liverpool123", "liverpoolfc", "lkjhgfdsa", "login123", "loginlogin",
    "lol123456", "lollipop", "lollipop1", "london123", "lorem ipsum dolor",
    "loremipsum", "lovelove123", "loveyou123", "manchester", "manchester1",
    "manchesterunited", "manutd123", "mariposa", "master123", "masterchief",
    "masterkey", "masterpassword", "matrix123", "maytheforcebewithyou",
    "mercedes", "mercedes1", "metallica", "metallica1", "michael1",
    "michael123", "michael1234", "microsoft", "microsoft1", "midnight",
    "midnight1", "minecraft", "minecraft1", "minecraft123", "mnbvcxz123",
    "monkey123", "monkey1234", "monkeyballs", "monkeymonkey", "motdepasse",
    "motdepasse123", "mother123", "motorola", "mustang1", "mustang123",
    "mylove123456", "myloveforever", "mypassword", "mypassword1",
    "mypassword123", "ncc1701d", "ncc1701e", "newpassword", "newpassword1",
    "newpassword123", "newyork1", "newyorkcity", "nicholas", "nicholas1",
    "nihao123", "nirvana123", "nopassword", "nopassword123", "nothing123",
    "november", "opensesame", "p4ssw0rd", "p4ssword", "p@ssw0rd", "p@ssw0rd1",
    "p@ssw0rd123", "p@ssword", "p@ssword123", "pa55w0rd", "pa55word",
    "paris123", "pass1234", "pass12345", "pass123456", "pass1234567",
    "passpass123", "passphrase", "passw0rd", "passw0rd1", "passw0rd123",
    "password", "password!", "password01", "password1", "password1!",
    "password11", "password12", "password123", "password123!", "password1234",
    "password12345", "password123456", "password2", "password2020",
    "password2021", "password2022", "password2023", "password2024",
    "password2025", "password2026", "password99", "passwordpassword",
    "passwords", "passwort", "passwort123", "phoenix123", "pineapple",
    "playboy123", "poiuytrewq", "pokemon123", "pokemon1234", "princesa",
    "princesa1", "princess", "princess1", "princess12", "princess123",
    "princess1234", "q123456789", "q1w2e3r4", "q1w2e3r4t5", "q1w2e3r4t5y6",
    "qaz123wsx", "qazwsxedc", "qazwsxedc123", "qazwsxedcrfv", "qq123456",
    "qq123456789", "qq1234567890", "quickbrownfox", "qwe123qwe", "qwe123qwe123",
    "qweasdzxc", "qweasdzxc123", "qwerasdfzxcv", "qwerty123", "qwerty1234",
    "qwerty12345", "qwerty123456", "qwertyasdfgh", "qwertyqwerty", "qwertyui",
    "qwertyuiop", "qwertyuiop1", "qwertyuiop12", "qwertyuiop123",
    "qwertyuiop1234", "qwertyuiop[]", "qwertyuiop[]asdfgh", "qwertyuiopasdfgh",
    "qwertyuiopasdfghjkl", "qwertyuiopasdfghjklzxcvbnm", "qwertz123",
    "qwertzuiop", "qwertzuiopasdf", "rainbow1", "rainbow123", "ranger123",
    "realmadrid", "realmadrid1", "remember", "remember1", "rootpassword",
    "rootroot123", "s123456789", "samantha", "samantha1", "samantha123",
    "samsung1", "samsung123", "samsung1234", "secret123", "secret1234",
    "secretpassword", "secretsecret", "senha123", "senha12345", "september",
    "september1", "shadow123", "shadow1234", "sister123", "slipknot",
    "slipknot1", "snowball", "snowboard", "something", "something1",
    "spiderman", "spiderman1", "spiderman123", "spring2024", "spring2025",
    "startrek", "startrek1", "starwars", "starwars1", "starwars123",
    "starwars1234", "steelers", "steelers1", "stephanie", "stephanie1",
    "strawberry", "strawberry1", "summer2023", "summer2024", "summer2025",
    "summer2026", "sunshine", "sunshine1", "sunshine12", "sunshine123",
    "sunshine1234", "super123", "superadmin", "superadmin123", "superman",
    "superman1", "superman12", "superman123", "superman1234", "superman12345",
    "supersecret", "supersecret1", "supersecret123", "superstar", "superstar1",
    "superuser", "superuser123", "sweetheart", "sweetheart1", "sweetie1",
    "teamo123", "teamomucho", "temp1234", "temporary123", "temppassword",
    "tequiero", "tequiero1", "test1234", "test12345", "test123456",
    "testing123", "testing1234", "testpassword", "testpassword1",
    "testpassword123", "testtest123", "testuser123", "the quick brown fox",
    "thepassword", "thequickbrownfox", "thisisme", "thisismypassword",
    "thunder1", "thunder123", "tigger123", "tobeornottobe", "topsecret",
    "topsecret123", "trololol", "trustno1", "trustno1trustno1", "trustnoone",
    "user1234", "userpassword", "useruser123", "valentine", "victoria",
    "victoria1", "voldemort", "w123456789", "wangjian123", "watermelon",
    "welcome1", "welcome12", "welcome123", "welcome123!", "welcome1234",
    "welcome12345", "welcome2024", "welcome2025", "welcome2026", "welcome@123",
    "welcomehome", "whatever", "whatever1", "whatever123", "whoareyou",
    "winter2023", "winter2024", "winter2025", "winter2026", "woaini123",
    "woaini1314", "woaini520", "x1234567", "yourmom1", "yourmom123",
    "yourmother", "youtube123", "z1x2c3v4", "z1x2c3v4b5n6", "zaq12wsx",
    "zaq1xsw2", "zxc123456", "zxcvbnm,./", "zxcvbnm123", "zxcvbnmasdfghjkl",
};
// clang-format on

// "abcabcabcabc": a piece of at most four, over and over.
bool IsRepetition(std::string_view text) {
  constexpr std::size_t kLongestPiece = 4;
  for (std::size_t piece = 1; piece <= kLongestPiece; ++piece) {
    std::size_t i = piece;
    while (i < text.size() && text[i] == text[i - piece]) ++i;
    if (i >= text.size()) return true;
  }
  return false;
}

// "456789012345", "zyxwvutsrqpo": each character is the neighbour of the last.
bool IsRun(std::string_view text) {
  const auto follows = [text](int step) {
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] - text[i - 1] != step) return false;
    }
    return true;
  };
  return follows(1) || follows(-1);
}

}  // namespace

bool IsCommonPassword(std::string_view password) {
  std::string lower(password);
  absl::AsciiStrToLower(&lower);
  return IsRepetition(lower) || IsRun(lower) ||
         std::binary_search(std::begin(kCommon), std::end(kCommon),
                            std::string_view(lower));
}

}  // namespace clone_auth::service
